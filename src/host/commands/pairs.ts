import { basename } from "node:path";
import { QuickPickItemKind, type QuickPickItem, Uri, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { fileNames } from "../../analysis/presentation/modelName";
import { notificationText } from "../../analysis/presentation/notificationText";
import { type ChosenModel, withoutAdapter } from "../../protocol/modelIdentity";
import { ModelRequest } from "../../protocol/models";
import { type Role, ROLE_NAMES, ROLES } from "../../protocol/roles";
import type { Pair } from "../../protocol/settings";
import type { App } from "../app";
import { pathOf } from "../models/subjects";
import { chooseAdapterOf } from "../settings/adaptedPair";
import { modelsOf, pickedPair, type ResolvedPair, withPair } from "../settings/pairs";
import type { Server } from "../connection/server";

type Choice = QuickPickItem & { readonly choice: { readonly pair: string } | "add" | null };

export async function choosePair(app: App, server: Server): Promise<void> {
  const { pairs, pair } = app.settings.current;
  const picked = await window.showQuickPick(pairChoices(app, pairs, pair), {
    title: "Choose a Pair of Models",
    matchOnDetail: true,
  });
  if (!picked?.choice) return;
  if (picked.choice === "add") await addPair(app, server);
  else await app.settings.setPair(picked.choice.pair, pairs);
}

function pairChoices(app: App, pairs: readonly Pair[], inUse: string): Choice[] {
  const item = (label: string, setting: string, detail: string): Choice => ({
    label: plainLabel(label),
    description: setting === inUse ? "in use" : "",
    detail: plainLabel(detail),
    choice: { pair: setting },
  });
  const { embedded } = app;
  return [
    ...(embedded ? [item(embedded.name, "", filesOf(embedded))] : []),
    ...pairs.map((pair) => item(pair.name, pair.name, filesOf(modelsOf(pair, embedded)))),
    { label: "", kind: QuickPickItemKind.Separator, choice: null },
    { label: "$(add) Add Pair…", choice: "add" },
  ];
}

function filesOf({ base, rlhf }: Readonly<Record<Role, ChosenModel | null>>): string {
  const files = (chosen: ChosenModel | null) => (chosen ? fileNames(chosen) : "none");
  return `${ROLE_NAMES.base}: ${files(base)} · ${ROLE_NAMES.rlhf}: ${files(rlhf)}`;
}

/** Asks for two files and a name, says what follows from pairing them, and uses the pair. */
export async function addPair(app: App, server: Server): Promise<void> {
  const base = await askForFile("Base Model", "Use as Base Model");
  if (base === undefined) return;
  const rlhf = await askForFile("RLHF Model", "Use as RLHF Model");
  if (rlhf === undefined) return;
  await namePair(app, server, base, rlhf);
}

/** Says what follows from pairing two files, asks for a name, and uses the pair. */
export async function namePair(
  { settings }: App,
  server: Server,
  base: string,
  rlhf: string,
): Promise<void> {
  const { consequence } = await server.request(ModelRequest.comparePair, {
    base: withoutAdapter(base),
    rlhf: withoutAdapter(rlhf),
  });
  const { pairs } = settings.current;
  const name = await window.showInputBox({
    title: "Name of the Pair",
    value: `${basename(base, ".gguf")} + ${basename(rlhf, ".gguf")}`,
    prompt: consequence,
    validateInput: (value) => (value.trim() === "" ? "A pair needs a name." : null),
  });
  if (name === undefined) return;
  await settings.setPair(name.trim(), withPair(pairs, { name: name.trim(), base, rlhf }));
}

async function askForFile(title: string, openLabel: string): Promise<string | undefined> {
  const files = await window.showOpenDialog({
    title: `${title} (GGUF)`,
    openLabel,
    filters: { "GGUF files": ["gguf"] },
  });
  return files?.[0]?.fsPath;
}

/** Asks for a model of the pair in use and for an adapter of it, and uses the pair with that. */
export async function chooseAdapter({ settings, pair }: App): Promise<void> {
  const inUse = pair();
  if ("problem" in inUse) throw new Error(inUse.problem);
  const role = await chooseAdapted(inUse);
  const adapter = role && (await askForAdapter(inUse[role]!));
  if (role === undefined || adapter === undefined) return;
  const { pairs, pair: name } = settings.current;
  const changed = chooseAdapterOf(pairs, name, role, adapter);
  await settings.setPair(changed.pair, changed.pairs);
}

/** Of a pair of one model, that one. */
async function chooseAdapted(inUse: ResolvedPair): Promise<Role | undefined> {
  const roles = ROLES.filter((role) => inUse[role] !== null).toReversed();
  if (roles.length < 2) return roles[0];
  const items = roles.map((role) => ({
    label: `The ${ROLE_NAMES[role]} model`,
    description: plainLabel(fileNames(inUse[role]!)),
    role,
  }));
  const title = "Choose Adapter: Of Which Model?";
  return (await window.showQuickPick(items, { title }))?.role;
}

/** null: none; undefined: the user wants no more of it. */
async function askForAdapter({ adapter }: ChosenModel): Promise<string | null | undefined> {
  const choose = () => askForFile("Adapter", "Use as Adapter");
  if (adapter === null) return choose();
  const none = { label: "No adapter", detail: "The model as it is", isNone: true };
  const other = { label: "Another file…", detail: plainLabel(adapter), isNone: false };
  const picked = await window.showQuickPick([other, none], { title: "Choose Adapter" });
  return picked && (picked.isNone ? null : choose());
}

export function useAsBase(app: App, file: unknown): Promise<void> {
  return use(app, "base", file);
}

export function useAsRlhf(app: App, file: unknown): Promise<void> {
  return use(app, "rlhf", file);
}

/** From the explorer's menu, or a model of this machine: the file becomes one half of a pair that is put together by picking. */
async function use({ settings }: App, role: Role, file: unknown): Promise<void> {
  const path = file instanceof Uri ? file.fsPath : pathOf(file);
  if (path === null) return;
  const { pairs, pair: inUse } = settings.current;
  const pair = pickedPair(pairs, inUse, role, path);
  await settings.setPair(pair.name, withPair(pairs, pair));
  void window.showInformationMessage(
    notificationText(`${basename(path)} is the ${ROLE_NAMES[role]} model now.`),
  );
}
