import { commands, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import {
  GPU_NAMES,
  type GpuBuildFacts,
  type GpuBuildProgress,
  GpuBuildRequest,
  type GpuBuilds,
} from "../../protocol/gpuBuilds";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { type NotificationProgress, waitFollowing, waitWithCancel } from "../window/waitWithCancel";
import {
  addedText,
  buildText,
  choiceText,
  progressText,
  questionText,
  removedText,
} from "./gpuText";

/** Offers llama.cpp's builds for GPUs; fetches the one that is chosen, and says what computes then. */
export async function addGpuSupport(app: App, server: Server): Promise<void> {
  const found = await waitWithCancel("Looking for GPUs", (token) =>
    server.request(GpuBuildRequest.state, null, token),
  );
  if (found.absence !== null) {
    await window.showInformationMessage(notificationText(found.absence));
    return;
  }
  const chosen = await choose(found);
  if (chosen === "remove") {
    const now = await server.request(GpuBuildRequest.remove, null);
    await window.showInformationMessage(notificationText(removedText(now)));
  } else if (chosen && (chosen.state === "added" || (await isWanted(chosen, found)))) {
    const now = chosen.state === "added" ? found : await add(server, chosen);
    await tellOf(chosen, now, app);
  }
}

type Choice = QuickPickItem & { readonly choice: GpuBuildFacts | "remove" | null };

/** undefined: the user wants no more of it. */
async function choose(found: GpuBuilds): Promise<GpuBuildFacts | "remove" | undefined> {
  const items: Choice[] = found.builds.map((build) => {
    const { label, description, detail } = buildText(build, found.licence);
    return { label: `$(circuit-board) ${label}`, description, detail, choice: build };
  });
  if (found.builds.some(({ state }) => state !== "absent")) {
    items.push(
      { label: "", kind: QuickPickItemKind.Separator, choice: null },
      { label: "$(trash) Remove GPU Builds", choice: "remove" },
    );
  }
  const title = "Add GPU Support";
  const placeHolder = plainLabel(choiceText(found));
  const picked = await window.showQuickPick(items, { title, placeHolder });
  return picked?.choice ?? undefined;
}

/** Asks before anything is fetched, and more urgently where it would be of no use. */
async function isWanted(build: GpuBuildFacts, found: GpuBuilds): Promise<boolean> {
  const text = questionText(build, found);
  if (build.lacks === null) {
    return (await window.showInformationMessage(notificationText(text), "Fetch")) !== undefined;
  }
  return (await window.showWarningMessage(notificationText(text), "Fetch Anyway")) !== undefined;
}

function add(server: Server, { kind }: GpuBuildFacts): Promise<GpuBuilds> {
  const what = `${GPU_NAMES[kind]} build of llama.cpp`;
  return waitFollowing(what, server.onGpuBuildProgress, reporter, (token) =>
    server.request(GpuBuildRequest.add, { kind }, token),
  );
}

/** Notifications count by increments, and never back. */
function reporter(notification: NotificationProgress): (progress: GpuBuildProgress) => void {
  let shown = 0;
  return (progress) => {
    const fraction = progress.bytes / Math.max(1, progress.total);
    const increment = Math.max(0, fraction - shown) * 100;
    shown = Math.max(shown, fraction);
    notification.report({ message: plainLabel(progressText(progress)), increment });
  };
}

async function tellOf(build: GpuBuildFacts, now: GpuBuilds, app: App): Promise<void> {
  const isOff = app.settings.current.gpu === "off";
  const text = addedText(build, now, isOff);
  if (now.device === "CPU") {
    if (await window.showWarningMessage(notificationText(text), "Open Log")) app.log.show();
  } else if (isOff) {
    if (!(await window.showInformationMessage(notificationText(text), "Open Settings"))) return;
    await commands.executeCommand("workbench.action.openSettings", "twinlens.gpu");
  } else {
    await window.showInformationMessage(notificationText(text));
  }
}
