import { commands, type QuickPickItem, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import {
  type ProbeProgress,
  ProbeRequest,
  type TrainedProbe,
  type TrainProbeParams,
} from "../../protocol/probes";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { askForTraining } from "../probes/askTexts";
import { foundText, probeItem } from "../probes/probeWords";
import { shareText } from "../status/jobTexts";
import { errorCode, firstLine } from "../window/errors";
import { type NotificationProgress, waitFollowing } from "../window/waitWithCancel";

/** Asks for a model and texts, trains a probe, and says what it has found. */
export async function trainProbe(app: App, server: Server): Promise<void> {
  const params = await askForTraining(app);
  if (params === undefined) return;
  try {
    const probe = await train(server, params);
    await tellOf(probe, server);
  } catch (error) {
    if (errorCode(error) !== "TextTooShort") throw error;
    const again = "Choose Other Texts";
    const message = firstLine(error);
    const answer = await window.showErrorMessage(notificationText(message), again);
    if (answer === again) await commands.executeCommand("twinlens.trainProbe");
  }
}

function train(server: Server, params: TrainProbeParams): Promise<TrainedProbe> {
  const reporter = (notification: NotificationProgress) => (progress: ProbeProgress) =>
    notification.report({ message: plainLabel(shareText(progress)) });
  return waitFollowing("Training a probe", server.onProbeProgress, reporter, (token) =>
    server.request(ProbeRequest.train, params, token),
  );
}

/** With a button, as VS Code shows all of a long text only then. */
async function tellOf(probe: TrainedProbe, server: Server): Promise<void> {
  const forget = "Forget Probe";
  const answer = await window.showInformationMessage(notificationText(foundText(probe)), forget);
  if (answer === forget) await server.request(ProbeRequest.forget, { id: probe.id });
}

type ProbeChoice = QuickPickItem & { readonly id: string };

/** Asks which of the kept probes is to be forgotten; hovers then show nothing of it. */
export async function forgetProbe(_: App, server: Server): Promise<void> {
  const probes = await server.request(ProbeRequest.list, null);
  if (probes.length === 0) {
    const text = "No probe is kept. The command Train Probe trains one.";
    await window.showInformationMessage(notificationText(text));
    return;
  }
  const items = probes.map((probe): ProbeChoice => {
    const { label, description, detail } = probeItem(probe);
    return {
      label: `$(trash) ${plainLabel(label)}`,
      description: plainLabel(description),
      detail: plainLabel(detail),
      id: probe.id,
    };
  });
  const chosen = await window.showQuickPick(items, { title: "Forget Probe: Which One?" });
  if (chosen) await server.request(ProbeRequest.forget, { id: chosen.id });
}
