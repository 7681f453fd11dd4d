/** What is said of a training that has ended early, and what the user does about it. */
import { type LogOutputChannel, window } from "vscode";
import { fileName } from "../../analysis/presentation/modelName";
import { notificationText } from "../../analysis/presentation/notificationText";
import { AdaptationRequest, type AdaptParams } from "../../protocol/adaptation";
import { ModelRequest } from "../../protocol/models";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { errorCode, firstLine, isCancelled } from "../window/errors";
import { askAboutKept, askForAdaptation, askForOut } from "./askAdaptation";
import { askForFolder } from "./askTexts";

/** @returns what is trained next; undefined: nothing */
type Way = (app: App, server: Server, params: AdaptParams) => Promise<AdaptParams | undefined>;

const again =
  (changes: Partial<AdaptParams>): Way =>
  (_app, _server, params) =>
    Promise.resolve({ ...params, ...changes });

/** By what a button says. */
const ways = {
  "Go On": again({ goOn: true }),
  "Begin Anew": again({ goOn: false }),
  "Every Line Is a Document": again({ lines: true }),
  "Choose Other Texts": async (app, server) => {
    const texts = await askForFolder();
    return texts && askForAdaptation(app, server, texts);
  },
  "Adapt Another Model": (app, server, { texts }) => askForAdaptation(app, server, texts),
  "Save Elsewhere": async (app, server, params) => {
    const out = await askForOut(app, fileName(params.out));
    const goOn = out === undefined ? undefined : await askAboutKept(server, out);
    return out === undefined || goOn === undefined ? undefined : { ...params, out, goOn };
  },
  "Free the Pair's Models and Try Again": async (_, server, params) => {
    await server.request(ModelRequest.unload, null);
    return params;
  },
  Discard: async ({ unfinished }, server, params) => {
    await unfinished.drop(params);
    await server.request(AdaptationRequest.discard, { out: params.out });
    return undefined;
  },
} satisfies Record<string, Way>;

type WayName = keyof typeof ways;

/** What helps against an error, by its name. */
const remedies: Readonly<Record<string, readonly WayName[]>> = {
  TextTooShort: ["Every Line Is a Document", "Choose Other Texts"],
  Untrainable: ["Adapt Another Model"],
  NoDistribution: ["Adapt Another Model"],
  CheckpointUnreadable: ["Begin Anew"],
  OutOfMemory: ["Free the Pair's Models and Try Again"],
  FileUnreadable: ["Save Elsewhere"],
};

/**
 * Says what happened, and asks what is done about it.
 * @returns what is trained next; undefined: nothing
 * @throws `error` where nothing is known to help
 */
export async function afterFailure(
  app: App,
  server: Server,
  params: AdaptParams,
  error: unknown,
): Promise<AdaptParams | undefined> {
  const isKept = await server.request(AdaptationRequest.isKept, { out: params.out });
  if (!isKept) await app.unfinished.drop(params);
  if (isCancelled(error)) {
    const way = isKept ? await askAfterCancel(params) : undefined;
    return way && ways[way](app, server, params);
  }
  const known = remedies[errorCode(error) ?? ""] ?? [];
  const fitting = known.filter((way) => way !== "Every Line Is a Document" || !params.lines);
  const mayGoOn = isKept && !known.includes("Begin Anew");
  const offered: WayName[] = [...(mayGoOn ? ["Go On" as const] : []), ...fitting];
  if (offered.length === 0) throw error;
  const way = await askAfterError(app.log, error, offered);
  return way && ways[way](app, server, params);
}

function askAfterCancel({ model }: AdaptParams): Thenable<WayName | undefined> {
  const text = `Adapting ${fileName(model)} was stopped. What was trained is kept: adapt it to the same texts again to go on, whenever you like.`;
  const offered: WayName[] = ["Go On", "Discard"];
  return window.showInformationMessage(notificationText(text), ...offered);
}

function askAfterError(
  log: LogOutputChannel,
  error: unknown,
  offered: readonly WayName[],
): Thenable<WayName | undefined> {
  log.error(error instanceof Error ? error : String(error));
  return window.showErrorMessage(notificationText(firstLine(error)), ...offered);
}
