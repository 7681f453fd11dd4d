/** What the game is played with, and the words that are hidden in it. */
import { posix } from "node:path";
import { Uri, workspace } from "vscode";
import * as z from "zod/mini";
import { LEAST_WORDS_BEFORE, spreadWords, wordsFrom } from "../../analysis/scores/hiddenWords";
import { seededRandom } from "../../analysis/statistics/random";
import { GameRequest, type HiddenWord } from "../../protocol/game";
import type { Server } from "../connection/server";

export const gameText = z.discriminatedUnion("kind", [
  /** Words from all over a document. */
  z.object({ kind: z.literal("spread"), uri: z.string(), seed: z.int() }),
  /** The words of a stretch of a document, one after the other; UTF-16 offsets. */
  z.object({ kind: z.literal("stretch"), uri: z.string(), start: z.int(), endExclusive: z.int() }),
  /** The last words of a file's passages. */
  z.object({ kind: z.literal("passages"), uri: z.string() }),
]);
export type GameText = z.infer<typeof gameText>;

/** Of a document: what a player has the patience for. */
const SPREAD_WORDS = 20;
/** In a row, or passages of a file. */
const MOST_WORDS = 500;

/** @throws Error where there is nothing to hide, or what the file system or the server has against it */
export async function hiddenWords(text: GameText, server: Server): Promise<readonly HiddenWord[]> {
  const uri = Uri.parse(text.uri, true);
  if (text.kind === "passages") {
    return server.request(GameRequest.passages, { file: uri.fsPath, most: MOST_WORDS });
  }
  const content = (await workspace.openTextDocument(uri)).getText();
  const words =
    text.kind === "spread"
      ? spreadWords(content, SPREAD_WORDS, seededRandom(text.seed))
      : wordsFrom(content, text, MOST_WORDS);
  if (words.length > 0) return words;
  const where = text.kind === "spread" ? titleOf(text) : "What is selected, or follows the cursor,";
  throw new Error(
    `${where} is too short to play with: ${LEAST_WORDS_BEFORE} words have to stand before the first one that is hidden.`,
  );
}

export function titleOf({ uri }: GameText): string {
  return posix.basename(Uri.parse(uri, true).path);
}

/** The same text from its beginning, with other words where they are drawn. */
export function anew(text: GameText): GameText {
  return text.kind === "spread" ? { ...text, seed: drawnSeed() } : text;
}

export function drawnSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
