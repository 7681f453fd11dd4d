import { basename } from "node:path";
import { QuickPickItemKind, type QuickPickItem, Uri, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import { ModelRequest } from "../../protocol/models";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { Pair } from "../../protocol/settings";
import type { App } from "../app";
import { pathOf } from "../models/subjects";
import { pickedPair, withPair } from "../settings/pairs";
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
    ...pairs.map((pair) => item(pair.name, pair.name, filesOf(pair))),
    { label: "", kind: QuickPickItemKind.Separator, choice: null },
    { label: "$(add) Add Pair…", choice: "add" },
  ];
}

function filesOf(pair: {
  base?: string | null | undefined;
  rlhf?: string | null | undefined;
}): string {
  const file = (path: string | null | undefined) => (path ? basename(path) : "none");
  return `${ROLE_NAMES.base}: ${file(pair.base)} · ${ROLE_NAMES.rlhf}: ${file(pair.rlhf)}`;
}

/** Asks for two files and a name, says what follows from pairing them, and uses the pair. */
export async function addPair(app: App, server: Server): Promise<void> {
  const base = await askForModel("Base Model", "Use as Base Model");
  if (base === undefined) return;
  const rlhf = await askForModel("RLHF Model", "Use as RLHF Model");
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
  const { consequence } = await server.request(ModelRequest.comparePair, { base, rlhf });
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

async function askForModel(title: string, openLabel: string): Promise<string | undefined> {
  const files = await window.showOpenDialog({
    title: `${title} (GGUF)`,
    openLabel,
    filters: { "GGUF models": ["gguf"] },
  });
  return files?.[0]?.fsPath;
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
