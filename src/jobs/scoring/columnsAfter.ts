import { type ScoredTokens, tokensIn } from "../../analysis/text/tokens";
import type { TokenColumns } from "../../protocol/scores";
import { sliceColumns } from "./columns";

/** Tokens of a text, behind those of the part before. */
export interface ScoredPart {
  /** The text from `textStart` on, as far as the tokens reach; it begins no later than the last token of the part before. */
  readonly text: string;
  readonly textStart: number;
  /** Offsets into the whole text; characters without a token are those since the part before. */
  readonly columns: TokenColumns;
}

/**
 * The columns of the tokens that reach behind a place, as those of the text that begins there.
 * @param length UTF-16 units before it
 * @param withoutToken characters before it that have no token
 */
export function columnsAfter(
  columns: TokenColumns,
  length: number,
  withoutToken: number,
): TokenColumns {
  const tokens = { start: firstAfter(columns, length), endExclusive: columns.count };
  const after = sliceColumns(columns, tokens);
  const moved = (offsets: Uint32Array) => offsets.map((at) => Math.max(0, at - length));
  return {
    ...after,
    start: moved(after.start),
    endExclusive: moved(after.endExclusive),
    withoutToken: Math.max(0, columns.withoutToken - withoutToken),
  };
}

/** The part of a text that reaches behind a place, likewise. */
export function partAfter(
  { text, textStart, columns }: ScoredPart,
  length: number,
  withoutToken: number,
): ScoredPart {
  return {
    text: text.slice(Math.max(0, length - textStart)),
    textStart: Math.max(0, textStart - length),
    columns: columnsAfter(columns, length, withoutToken),
  };
}

/** Number of the first token that reaches behind a place. */
export function firstAfter(columns: Omit<ScoredTokens, "logProbability">, length: number): number {
  return tokensIn(columns, { start: length, endExclusive: Infinity }).start;
}
