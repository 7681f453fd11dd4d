import { basename } from "node:path";
import { env, type QuickPickItem, window } from "vscode";
import { formatBytes, plainLabel } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import { type ModelFileFacts, ModelFileRequest } from "../../protocol/modelFiles";
import { ModelRequest } from "../../protocol/models";
import { ROLES } from "../../protocol/roles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { fileEssentials, isOwn } from "../models/fileTexts";
import { pathOf } from "../models/subjects";
import { useAsBase, useAsRlhf } from "./pairs";

interface FileItem extends QuickPickItem {
  readonly file: ModelFileFacts;
}

type Act = (app: App, server: Server, file: ModelFileFacts) => Promise<unknown>;

const removal = "Remove…";

/** What can be done with a model. */
const acts: Readonly<Record<string, Act>> = {
  "Use as Base Model": (app, _, file) => useAsBase(app, file),
  "Use as RLHF Model": (app, _, file) => useAsRlhf(app, file),
  "Copy Path": (app, _, file) => copyModelPath(app, file),
  [removal]: (app, server, file) => removeModel(app, server, file),
};

/** Lists the models of this machine, and asks what to do with the chosen one. */
export async function manageModels(app: App, server: Server): Promise<void> {
  const file = await pickFile(app, "Models on This Machine");
  if (file === undefined) return;
  const verbs = Object.keys(acts).filter((verb) => isOwn(file) || verb !== removal);
  const verb = await window.showQuickPick(verbs, { title: plainLabel(file.name) });
  if (verb !== undefined) await acts[verb]!(app, server, file);
}

/** Asks for one of the models of this machine. */
export async function pickFile(app: App, title: string): Promise<ModelFileFacts | undefined> {
  const { models } = await app.models.lookAnew();
  if (models.length === 0) {
    const text = "No model was found on this machine. Get a Pair of Models… fetches one.";
    void window.showInformationMessage(notificationText(text));
    return undefined;
  }
  const items: FileItem[] = models.map((file) => ({
    label: plainLabel(file.name),
    description: plainLabel(fileEssentials(file, Date.now())),
    detail: plainLabel(file.path),
    file,
  }));
  const picked = await window.showQuickPick(items, { title, matchOnDetail: true });
  return picked?.file;
}

export async function copyModelPath(_app: App, subject?: unknown): Promise<void> {
  const path = pathOf(subject);
  if (path !== null) await env.clipboard.writeText(path);
}

/** Deletes a model that Twinlens has fetched, after saying where it is used. */
export async function removeModel(app: App, server: Server, subject?: unknown): Promise<void> {
  const path = pathOf(subject);
  const file = (await app.models.look()).models.find((one) => one.path === path);
  if (path === null || !file || !isOwn(file)) return;
  const remove = "Remove";
  const answer = await window.showWarningMessage(
    notificationText(`Remove ${file.name}, ${formatBytes(file.bytes)}?`),
    { modal: true, detail: [plainLabel(path), ...usesOf(app, path)].join("\n") },
    remove,
  );
  if (answer !== remove) return;
  // Some systems do not delete what is loaded.
  if (isInUse(app, path)) await server.request(ModelRequest.unload, null);
  await server.request(ModelFileRequest.remove, { path });
}

function usesOf(app: App, path: string): readonly string[] {
  const pairs = app.settings.current.pairs.filter((pair) =>
    ROLES.some((role) => pair[role] === path),
  );
  const names = pairs.map(({ name }) => `"${plainLabel(name)}"`);
  return [
    ...(isInUse(app, path) ? ["It belongs to the pair in use, which then lacks it."] : []),
    ...(names.length > 0 ? [`Pairs with ${basename(path)}: ${names.join(", ")}.`] : []),
  ];
}

function isInUse({ pair }: App, path: string): boolean {
  const inUse = pair();
  return !("problem" in inUse) && ROLES.some((role) => inUse[role]?.path === path);
}
