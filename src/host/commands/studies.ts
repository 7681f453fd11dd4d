import { commands, Uri, window, workspace } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { App } from "../app";
import { chooseCorpora, choosePlace, choosePreset, corpusIn, pairIn } from "../studies/newStudy";
import { findStudies, isStudyDocument, studyOf, studyTitle } from "../studies/studyFiles";
import { studyText } from "../studies/studyText";

/** Writes a study's file by asking, and opens it. */
export async function newStudy({ pair }: App): Promise<void> {
  const corpora = await chooseCorpora();
  const preset = corpora && (await choosePreset());
  const place = preset && (await choosePlace());
  if (!corpora || !preset || !place) return;
  const text = studyText({
    preset,
    pair: pairIn(place, pair()),
    corpora: corpora.map((corpus) => corpusIn(place, corpus)),
  });
  await workspace.fs.writeFile(place, Buffer.from(text));
  await window.showTextDocument(place, { preview: false });
}

/** Arguments, optional: the study, as of a lens, a row of the sidebar or the explorer. */
export async function runStudy({ studies }: App, given?: unknown): Promise<void> {
  const uri = await studyMeant(given);
  if (uri === undefined) return;
  // What is run is what the file says.
  await workspace.textDocuments.find((document) => document.uri.fsPath === uri.fsPath)?.save();
  await studies.open(uri).run();
}

export async function openStudy({ studies }: App, given?: unknown): Promise<void> {
  const uri = await studyMeant(given);
  if (uri !== undefined) studies.open(uri);
}

export async function editStudy(_: App, given?: unknown): Promise<void> {
  const uri = await studyMeant(given);
  if (uri !== undefined) await window.showTextDocument(uri, { preview: false });
}

/** What is given, the study in front, or the one that the user picks; undefined: none. */
async function studyMeant(given: unknown): Promise<Uri | undefined> {
  const named = given instanceof Uri ? given : (given as { uri?: unknown } | undefined)?.uri;
  if (named instanceof Uri) return studyOf(named);
  const active = window.activeTextEditor?.document;
  return active && isStudyDocument(active) ? active.uri : pickStudy();
}

async function pickStudy(): Promise<Uri | undefined> {
  const found = await findStudies();
  if (found.length === 0) return offerNew();
  if (found.length === 1) return found[0];
  const items = found.map((uri) => ({
    label: studyTitle(uri),
    description: workspace.asRelativePath(uri),
    uri,
  }));
  return (await window.showQuickPick(items, { title: "Which Study?" }))?.uri;
}

async function offerNew(): Promise<undefined> {
  const create = "New Study…";
  const message = "There is no study in this folder yet.";
  const answer = await window.showInformationMessage(notificationText(message), create);
  if (answer === create) await commands.executeCommand("twinlens.newStudy");
}
