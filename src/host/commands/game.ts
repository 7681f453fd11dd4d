import { posix } from "node:path";
import { type QuickPickItem, Uri, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import type { App } from "../app";
import { selectedRange } from "../editor/textRanges";
import { drawnSeed, type GameText } from "../game/gameText";
import { SAMPLE } from "./tour";

const TITLE = "Guess the Next Word";

interface TextItem extends QuickPickItem {
  /** null: the game that is under way; undefined, as of a dialog: none. */
  readonly choose: () => Promise<GameText | null | undefined>;
}

/** Asks what to play with, and opens the game. */
export async function guessWord(app: App): Promise<void> {
  const items = [...goOn(app), ...inDocument(app), ...elsewhere(app)];
  const item = await window.showQuickPick(items, { title: `${TITLE}: In Which Text?` });
  const text = await item?.choose();
  if (text === undefined) return;
  if (text !== null) await app.game.begin(text);
  app.gamePanel.open();
}

function goOn({ game: { progress } }: App): TextItem[] {
  if (progress === null || progress.isOver) return [];
  const { title, number, words } = progress;
  const detail = `${plainLabel(title)}, word ${number} of ${words}`;
  return [{ label: "$(debug-continue) Go On", detail, choose: () => Promise.resolve(null) }];
}

function inDocument({ editor }: App): TextItem[] {
  const document = editor.document();
  if (!document || document.getText().trim() === "") return [];
  const uri = document.uri.toString();
  const shown = editor.get();
  const name = plainLabel(posix.basename(document.uri.path));
  const spread: TextItem = {
    label: `$(file) ${name}`,
    detail: "Words from all over the document",
    choose: () => Promise.resolve({ kind: "spread", uri, seed: drawnSeed() }),
  };
  if (!shown) return [spread];
  const end = document.getText().length;
  const { selection } = shown;
  const selected = selectedRange(document, selection);
  const start = document.offsetAt(selection.active);
  const range = selected ?? { start, endExclusive: end };
  const stretch: TextItem = {
    label: selected ? "$(selection) Selection" : "$(arrow-right) From the Cursor On",
    detail: `${selected ? "Its words" : "Words of the document"}, one after the other`,
    choose: () => Promise.resolve({ kind: "stretch", uri, ...range }),
  };
  return selected ? [stretch, spread] : [spread, stretch];
}

function elsewhere({ extensionUri }: App): TextItem[] {
  const sample = Uri.joinPath(extensionUri, "sample", SAMPLE).toString();
  return [
    {
      label: "$(list-unordered) File of Passages…",
      detail: "The last word of each line of a text, or of each record (JSON lines, CSV, Parquet)",
      choose: choosePassages,
    },
    {
      label: "$(book) Sample Text",
      detail: "Words from all over the text that comes with Twinlens",
      choose: () => Promise.resolve({ kind: "spread", uri: sample, seed: drawnSeed() }),
    },
  ];
}

async function choosePassages(): Promise<GameText | undefined> {
  const [file] = (await window.showOpenDialog({ title: `${TITLE}: Which File?` })) ?? [];
  return file && { kind: "passages", uri: file.toString() };
}
