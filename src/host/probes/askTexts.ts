/** Asks what a probe is to be trained on. */
import { posix } from "node:path";
import { type QuickPickItem, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { fileNames } from "../../analysis/presentation/modelName";
import type { ProbeTexts, TrainProbeParams } from "../../protocol/probes";
import { type Role, ROLES } from "../../protocol/roles";
import type { App } from "../app";
import { isTrusted } from "../window/trust";

const TITLE = "Train Probe";

/** @returns undefined: the user wants no more of it */
export async function askForTraining(app: App): Promise<TrainProbeParams | undefined> {
  const role = await chooseModel(app);
  const texts = role && (await chooseTexts(app));
  const ownText = texts && (await chooseOwn());
  return role && texts && ownText !== undefined ? { role, texts, ownText } : undefined;
}

const MODELS: Readonly<Record<Role, string>> = {
  base: "The base model",
  rlhf: "The RLHF model",
};

/** Of a pair of one model, that one. */
async function chooseModel({ pair }: App): Promise<Role | undefined> {
  const inUse = pair();
  if ("problem" in inUse) return undefined;
  const roles = ROLES.filter((role) => inUse[role] !== null).toReversed();
  if (roles.length < 2) return roles[0];
  const items = roles.map((role) => ({
    label: `$(chip) ${MODELS[role]}`,
    description: plainLabel(fileNames(inUse[role]!)),
    role,
  }));
  const placeHolder = "A probe reads in a model's hidden states which tokens are to come";
  const title = `${TITLE}: Of Which Model?`;
  return (await window.showQuickPick(items, { title, placeHolder }))?.role;
}

interface TextsItem extends QuickPickItem {
  readonly choose: () => Promise<ProbeTexts | undefined>;
}

async function chooseTexts({ editor }: App): Promise<ProbeTexts | undefined> {
  const document = editor.document();
  const text = document?.getText() ?? "";
  const name = document ? posix.basename(document.uri.path) : "";
  const open: TextsItem = {
    label: `$(file) ${plainLabel(name)}`,
    detail: "The document that is open",
    choose: () => Promise.resolve({ kind: "document", name, text }),
  };
  const items: TextsItem[] = [
    ...(text.trim() === "" ? [] : [open]),
    {
      label: "$(files) Files…",
      detail: "Texts, or records with a text each (JSON lines, CSV, Parquet)",
      choose: () => choosePaths(false),
    },
    {
      label: "$(folder) Folder…",
      detail: "All texts in it",
      choose: () => choosePaths(true),
    },
  ];
  const item = await window.showQuickPick(items, { title: `${TITLE}: On Which Texts?` });
  return item?.choose();
}

async function choosePaths(areFolders: boolean): Promise<ProbeTexts | undefined> {
  if (!(await isTrusted("Probes are trained on files"))) return undefined;
  const chosen = await window.showOpenDialog({
    title: `${TITLE}: ${areFolders ? "Which Folder?" : "Which Files?"}`,
    canSelectFiles: !areFolders,
    canSelectFolders: areFolders,
    canSelectMany: true,
  });
  return chosen && { kind: "files", paths: chosen.map(({ fsPath }) => fsPath) };
}

async function chooseOwn(): Promise<boolean | undefined> {
  const items = [
    {
      label: "$(edit) What the Model Writes After Them",
      description: "recommended",
      detail: "Shows what a model knows of its own next words. Takes longer: it has to write them.",
      ownText: true,
    },
    {
      label: "$(book) The Texts as They Are",
      detail: "Shows what a model knows of words that others wrote.",
      ownText: false,
    },
  ];
  const chosen = await window.showQuickPick(items, { title: `${TITLE}: On What of Them?` });
  return chosen?.ownText;
}
