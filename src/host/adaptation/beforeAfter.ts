/** What an adapter has changed, and its use. */
import { commands, RelativePattern, Uri, window, workspace } from "vscode";
import { fileName } from "../../analysis/presentation/modelName";
import { notificationText } from "../../analysis/presentation/notificationText";
import { type Role, ROLE_NAMES, ROLE_TITLES, ROLES } from "../../protocol/roles";
import type { App } from "../app";
import { chooseAdapterOf } from "../settings/adaptedPair";
import { EMBEDDED_PAIR, pairOfBeforeAfter, withPair } from "../settings/pairs";

/** A model and an adapter that was made of it. */
export interface MadeAdapter {
  readonly model: string;
  readonly out: string;
  /** That it was made of. */
  readonly texts: readonly string[];
}

/** Puts the model as it was beside itself with the adapter, shows the difference, and offers the way back. */
export async function showBeforeAfter(app: App, made: MadeAdapter): Promise<void> {
  const { settings } = app;
  const { pairs, pair: name, view } = settings.current;
  const pair = pairOfBeforeAfter(made.model, made.out, app.embedded);
  await settings.setPair(pair.name, withPair(pairs, pair));
  await settings.setView("difference");
  const text = `${ROLE_TITLES.base} is before, ${ROLE_NAMES.rlhf} after: ${fileName(made.model)} without ${fileName(made.out)} and with it.`;
  await Promise.all([
    tellOfWayBack(app, text, { name, view }, pair.name),
    showDifference(app, made.texts),
  ]);
}

interface Shown {
  /** Of the pair; empty: the embedded one. */
  readonly name: string;
  readonly view: App["settings"]["current"]["view"];
}

async function tellOfWayBack(
  { settings }: App,
  text: string,
  before: Shown,
  inUse: string,
): Promise<void> {
  const back = `Back to ${before.name || EMBEDDED_PAIR}`;
  const ways = before.name === inUse ? [] : [back];
  const answer = await window.showInformationMessage(notificationText(text), ...ways);
  if (answer !== back) return;
  const { pairs } = settings.current;
  await settings.setPair(before.name, pairs);
  await settings.setView(before.view);
}

/** In the document in front; without one, in one of the texts. */
async function showDifference({ editor }: App, texts: readonly string[]): Promise<void> {
  if (!editor.get()) {
    const text = await anyOf(texts);
    if (text === undefined) return;
    await window.showTextDocument(text);
  }
  await commands.executeCommand("twinlens.highlightDocument");
  await commands.executeCommand("twinlens.openReport");
}

/** A text of those that can be read in an editor. */
async function anyOf(texts: readonly string[]): Promise<Uri | undefined> {
  for (const path of texts) {
    if (/\.(?:txt|text|md|markdown)$/iu.test(path)) return Uri.file(path);
    const inFolder = new RelativePattern(Uri.file(path), "**/*.{txt,text,md,markdown}");
    const [first] = await workspace.findFiles(inFolder, undefined, 1);
    if (first) return first;
  }
  return undefined;
}

/** Gives the model of the pair in use the adapter. */
export async function addToPair(
  { settings, pair }: App,
  { model, out }: MadeAdapter,
): Promise<void> {
  const inUse = pair();
  const isOf = (role: Role) => !("problem" in inUse) && inUse[role]?.path === model;
  const role = ROLES.toReversed().find(isOf);
  if (role === undefined) {
    const text = `The pair in use has no ${fileName(model)}: choose another pair, then the command Choose Adapter… adds ${fileName(out)} to it.`;
    await window.showWarningMessage(notificationText(text));
    return;
  }
  const { pairs, pair: name } = settings.current;
  const changed = chooseAdapterOf(pairs, name, role, out);
  await settings.setPair(changed.pair, changed.pairs);
  const text = `The ${ROLE_NAMES[role]} model has ${fileName(out)} now. Choose Adapter… takes it away again.`;
  await window.showInformationMessage(notificationText(text));
}
