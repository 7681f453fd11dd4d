/** Asks how a model is to be adapted to texts. */
import { type QuickPickItem, Uri, window, workspace } from "vscode";
import { formatNumber, plainLabel } from "../../analysis/presentation/format";
import { fileName } from "../../analysis/presentation/modelName";
import { AdaptationRequest, type AdaptParams } from "../../protocol/adaptation";
import { type Role, ROLES } from "../../protocol/roles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { adapterNameOf } from "./adaptationWords";
import type { BegunAdaptation } from "./unfinished";

const TITLE = "Adapt to These Texts";

/** @returns undefined: the user wants no more of it */
export async function askForAdaptation(
  app: App,
  server: Server,
  texts: readonly string[],
): Promise<AdaptParams | undefined> {
  const begun = await askToGoOn(app, server, texts);
  if (begun === undefined) return undefined;
  if (begun !== null) return { ...begun, goOn: true };
  const role = await chooseModel(app);
  const steps = role && (await chooseSteps());
  const paths = texts.map((path) => Uri.file(path).path);
  const out = role && steps && (await askForOut(app, adapterNameOf(paths, role)));
  if (!role || !steps || !out) return undefined;
  const model = modelsIn(app)[role]!.path;
  const goOn = await askAboutKept(server, out);
  return goOn === undefined ? undefined : { model, texts, lines: false, steps, out, goOn };
}

interface BegunItem extends QuickPickItem {
  readonly begun: BegunAdaptation | null;
}

/** One of these texts that was interrupted; null: none, another one is begun; undefined: the user wants no more of it. */
async function askToGoOn(
  { unfinished }: App,
  server: Server,
  texts: readonly string[],
): Promise<BegunAdaptation | null | undefined> {
  const items: BegunItem[] = [];
  for (const begun of unfinished.of(texts)) {
    if (!(await server.request(AdaptationRequest.isKept, begun))) continue;
    items.push({
      label: `$(debug-continue) Go On With ${plainLabel(fileName(begun.out))}`,
      description: plainLabel(`${fileName(begun.model)}, ${begun.steps} steps`),
      detail: "Was interrupted; what was trained is kept",
      begun,
    });
  }
  if (items.length === 0) return null;
  const another: BegunItem = { label: "$(add) Begin Another", begun: null };
  return (await window.showQuickPick([...items, another], { title: TITLE }))?.begun;
}

const MODELS: Readonly<Record<Role, readonly [label: string, detail: string]>> = {
  base: ["The base model", "To have it write as these texts do, such as your own"],
  rlhf: ["The RLHF model", "To see whether what it lost to tuning comes back"],
};

/** Of a pair of one model, that one. */
async function chooseModel(app: App): Promise<Role | undefined> {
  const models = modelsIn(app);
  const roles = ROLES.filter((role) => models[role] !== null);
  if (roles.length < 2 || models.base!.path === models.rlhf!.path) return roles[0];
  const items = roles.map((role) => {
    const { path, adapter } = models[role]!;
    const without = adapter === null ? "" : `, without ${fileName(adapter)}`;
    const [label, detail] = MODELS[role];
    return { label, description: plainLabel(`${fileName(path)}${without}`), detail, role };
  });
  return (await window.showQuickPick(items, { title: `${TITLE}: Which Model?` }))?.role;
}

function modelsIn({ pair }: App) {
  const inUse = pair();
  return "problem" in inUse ? { base: null, rlhf: null } : inUse;
}

/** Tokens that a step is trained on, at most. */
const TOKENS_PER_STEP = 1024;

const STEPS = [
  ["Normal", 200, "recommended"],
  ["Short", 50, ""],
  ["Long", 1000, ""],
] as const;

async function chooseSteps(): Promise<number | undefined> {
  const items = STEPS.map(([label, steps, description]) => ({
    label,
    description,
    detail: `${formatNumber(steps, 0)} steps, at most ${formatNumber(steps * TOKENS_PER_STEP, 0)} tokens`,
    steps,
  }));
  const placeHolder = "The step that does best on texts that are held out is kept";
  return (await window.showQuickPick(items, { title: `${TITLE}: How Long?`, placeHolder }))?.steps;
}

/** With Twinlens's own files unless the user wants it elsewhere; the dialog asks before it replaces one. */
export async function askForOut(
  { storage }: Pick<App, "storage">,
  name: string,
): Promise<string | undefined> {
  const folder = Uri.joinPath(storage, "adapters");
  await workspace.fs.createDirectory(folder);
  const target = await window.showSaveDialog({
    title: "Where Is the Adapter Saved?",
    saveLabel: "Adapt",
    defaultUri: Uri.joinPath(folder, name),
    filters: { "Adapters (GGUF)": ["gguf"] },
  });
  return target?.fsPath;
}

/** Whether a training that was interrupted there is gone on with; undefined: the user wants no more of it. */
export async function askAboutKept(server: Server, out: string): Promise<boolean | undefined> {
  if (!(await server.request(AdaptationRequest.isKept, { out }))) return false;
  const items = [
    {
      label: "$(debug-continue) Go On With It",
      detail: "Where it was of the same texts, model and steps",
      goOn: true,
    },
    { label: "$(trash) Begin Anew", detail: "What was trained is deleted", goOn: false },
  ];
  const title = `${plainLabel(fileName(out))} Was Interrupted`;
  return (await window.showQuickPick(items, { title }))?.goOn;
}
