/** Places of continuations in the editor's documents. */
import {
  EndOfLine,
  type TextDocument,
  type TextDocumentChangeEvent,
  Uri,
  workspace,
  WorkspaceEdit,
} from "vscode";
import { endOf, found, moved, type Sliceable } from "../../analysis/continuations/place";
import type { ContinuationTreeNode, PlaceNode } from "../../protocol/continuationPanel";
import type { TextRange } from "../../protocol/scores";
import { reveal } from "../editor/reveal";
import { toRange } from "../editor/textRanges";

/** Reads parts of a document without joining all of its lines. */
export function sliceable(document: TextDocument): Sliceable {
  return {
    slice: (start, endExclusive) => document.getText(toRange(document, { start, endExclusive })),
  };
}

/** The nodes with the document's places where they stand after a change; the same array where it has none. */
export function placesAfter(
  nodes: readonly ContinuationTreeNode[],
  { document, contentChanges }: TextDocumentChangeEvent,
): readonly ContinuationTreeNode[] {
  const uri = document.uri.toString();
  const isHere = (node: ContinuationTreeNode) => node.kind === "place" && node.uri === uri;
  if (contentChanges.length === 0 || !nodes.some(isHere)) return nodes;
  const text = sliceable(document);
  const edits = contentChanges.map((change) => ({
    start: change.rangeOffset,
    endExclusive: change.rangeOffset + change.rangeLength,
    length: change.text.length,
  }));
  return nodes.map((node) =>
    node.kind === "place" && isHere(node) ? { ...node, ...moved(node, edits, text) } : node,
  );
}

/** A document and where the place stands in it. @throws Error where either can't be found */
export async function findPlace(
  place: PlaceNode,
): Promise<{ readonly document: TextDocument; readonly start: number }> {
  const document = await documentOf(place);
  const start = found(document.getText(), place);
  if (start !== null) return { document, start };
  throw new Error(
    `The place can't be found in ${place.title} any more: the text around it has changed. Copy the text, or continue from another place.`,
  );
}

export async function revealPlace(place: PlaceNode): Promise<void> {
  const { start } = await findPlace(place);
  await reveal(place.uri, { start, endExclusive: start });
}

/**
 * Puts a text into the document as one edit, which one undo takes back; the cursor stands behind it.
 * @throws Error as of {@link findPlace}, and where the document can't be edited
 */
export async function insertAt(place: PlaceNode, text: string): Promise<void> {
  const { document, start } = await findPlace(place);
  const { blank } = place;
  // A blank that is there stays, so that nothing goes across the place.
  const keepsBlank = text.startsWith(blank);
  const end = endOf({ ...place, start });
  const range: TextRange = { start: keepsBlank ? end : start, endExclusive: end };
  const eol = document.eol === EndOfLine.CRLF ? "\r\n" : "\n";
  const inserted = (keepsBlank ? text.slice(blank.length) : text).replace(/\r\n|\r|\n/gu, eol);
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, toRange(document, range), inserted);
  if (!(await workspace.applyEdit(edit))) {
    throw new Error(`${place.title} can't be edited. Copy the text instead.`);
  }
  const behind = range.start + inserted.length;
  await reveal(place.uri, { start: behind, endExclusive: behind });
}

async function documentOf({ uri, title }: PlaceNode): Promise<TextDocument> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri);
  if (open) return open;
  const parsed = Uri.parse(uri, true);
  const gone = `${title} can't be opened any more. Copy the text, or continue from another place.`;
  // Another text would be made under the name of one that was closed unsaved.
  if (parsed.scheme === "untitled") throw new Error(gone);
  try {
    return await workspace.openTextDocument(parsed);
  } catch {
    throw new Error(gone);
  }
}
