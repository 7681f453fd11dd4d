import {
  commands,
  type TextDocument,
  type TextEditor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";
import * as z from "zod/mini";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { oneWord } from "../editor/oneWord";
import { reveal } from "../editor/reveal";
import { openRecorded, recordedRuns } from "../runs/recordedRuns";
import { highlightDocument } from "./highlight";
import { nextDivergence } from "./navigate";
import { openReport } from "./report";

/** Opens the text that comes with Twinlens and highlights it. */
export async function openSample(app: App, server: Server): Promise<void> {
  const editor = await showSample(app);
  await highlightDocument(app, server, editor.document.uri.toString());
}

const stop = z.enum(["text", "token", "report", "all"]);

/**
 * What a button of the walkthrough shows, whatever is open: of the last text, or of the sample where there is none.
 * Argument: a highlighted text, a token on which the models differ, the report, or a recorded run beside the text.
 */
export async function tour(app: App, server: Server, ...argumentList: unknown[]): Promise<void> {
  const [wanted] = z.tuple([stop]).parse(argumentList);
  const editor = await someText(app);
  const uri = editor.document.uri.toString();
  if (!app.highlights.get(uri)?.summary) await highlightDocument(app, server, uri);
  if (wanted === "token") await showWord(app, server, uri);
  if (wanted === "report") openReport(app, server, uri);
  const [recorded] = wanted === "all" ? await recordedRuns(app.extensionUri) : [];
  if (recorded) await openRecorded(recorded, ViewColumn.Beside);
}

/** Selects one word on which the models differ, and opens its hover. */
async function showWord(app: App, server: Server, uri: string): Promise<void> {
  const word = oneWord(app.highlights.get(uri)?.summary?.divergences ?? []);
  if (word === null) return nextDivergence(app, server);
  await reveal(uri, word);
  await commands.executeCommand("editor.action.showHover");
}

async function someText(app: App): Promise<TextEditor> {
  const current = app.editor.get();
  if (current && hasText(current.document)) return current;
  const last = app.editor.document();
  if (last && hasText(last)) return showText(last);
  return showSample(app);
}

async function showSample(app: App): Promise<TextEditor> {
  return showText(await workspace.openTextDocument(await ownSample(app)));
}

function hasText(document: TextDocument): boolean {
  return document.getText().trim() !== "";
}

/** Beside the walkthrough or a panel, so that both stay in sight. */
function showText(document: TextDocument): Thenable<TextEditor> {
  const isBesideOther =
    window.activeTextEditor === undefined && window.tabGroups.activeTabGroup.activeTab;
  const viewColumn = isBesideOther ? ViewColumn.Beside : ViewColumn.Active;
  return window.showTextDocument(document, { viewColumn, preview: false });
}

/** In the extension's folder `sample`. */
export const SAMPLE = "night-ferry.md";

/** The sample as a file of the user's own: copied once, so that it can be edited. */
async function ownSample({ extensionUri, storage }: App): Promise<Uri> {
  const own = Uri.joinPath(storage, SAMPLE);
  const exists = await workspace.fs.stat(own).then(
    () => true,
    () => false,
  );
  if (!exists) await workspace.fs.copy(Uri.joinPath(extensionUri, "sample", SAMPLE), own);
  return own;
}
