import { window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { fileName } from "../../analysis/presentation/modelName";
import { notificationText } from "../../analysis/presentation/notificationText";
import {
  AdaptationRequest,
  type AdaptationProgress,
  type AdaptedModel,
  type AdaptParams,
} from "../../protocol/adaptation";
import { adaptationText, gainText } from "../adaptation/adaptationWords";
import { askForAdaptation } from "../adaptation/askAdaptation";
import { textsOf } from "../adaptation/askTexts";
import { addToPair, showBeforeAfter } from "../adaptation/beforeAfter";
import { afterFailure } from "../adaptation/failure";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { isTrusted } from "../window/trust";
import { isEndOfServer } from "../window/errors";
import { type NotificationProgress, waitFollowing } from "../window/waitWithCancel";

/**
 * Asks how a model of the pair is to be adapted to texts, adapts it, and says what that has gained.
 * @param clicked, selected as the explorer's menu gives them; without them the user is asked for folders
 */
export async function adaptToTexts(
  app: App,
  server: Server,
  clicked?: unknown,
  selected?: unknown,
): Promise<void> {
  if (!(await isTrusted("Models are adapted to files"))) return;
  const texts = await textsOf(clicked, selected);
  let params = texts && (await askForAdaptation(app, server, texts));
  while (params) params = await adapt(app, server, params);
}

/** @returns what is adapted next, after one that has ended early; undefined: nothing */
async function adapt(
  app: App,
  server: Server,
  params: AdaptParams,
): Promise<AdaptParams | undefined> {
  await app.unfinished.keep(params);
  let adapted: AdaptedModel;
  try {
    adapted = await train(server, params);
  } catch (error) {
    // What was trained stays remembered.
    if (isEndOfServer(error)) throw error;
    return afterFailure(app, server, params, error);
  }
  await app.unfinished.drop(params);
  await tellOf(app, params, adapted);
  return undefined;
}

function train(server: Server, params: AdaptParams): Promise<AdaptedModel> {
  const reporter = (notification: NotificationProgress) => (progress: AdaptationProgress) =>
    notification.report({ message: plainLabel(adaptationText(progress)) });
  const what = `Adapting ${fileName(params.model)}`;
  return waitFollowing(what, server.onAdaptationProgress, reporter, (token) =>
    server.request(AdaptationRequest.adapt, params, token),
  );
}

/** With buttons, as VS Code shows all of a long text only then. */
async function tellOf(app: App, params: AdaptParams, adapted: AdaptedModel): Promise<void> {
  const text = gainText(adapted);
  if (adapted.chosenStep === 0) {
    await window.showWarningMessage(notificationText(text), "Close");
    return;
  }
  const show = "Show Before and After";
  const use = "Use Adapter";
  const answer = await window.showInformationMessage(notificationText(text), show, use);
  if (answer === show) await showBeforeAfter(app, params);
  if (answer === use) await addToPair(app, params);
}
