import { BLOCK, roundDown, roundUp } from "../../blocks";
import type { WindowTokens } from "../../engine";
import { EngineError } from "../../errors";

/** What of a window is decoded, and which of its rows are read. Row p predicts token p + 1. */
export interface DecodePlan {
  readonly tokens: Int32Array;
  /** First row that is wanted. */
  readonly firstRow: number;
  /** Behind the last row that is wanted: the last token predicts nothing. */
  readonly endRow: number;
  /** Positions from here on have their logits computed. */
  readonly firstLogits: number;
  /** Positions to decode: whole blocks, filled up, where the model has positions for them. */
  readonly end: number;
}

/** @param positions that a token can have */
export function decodePlan({ tokens, scoredStart }: WindowTokens, positions: number): DecodePlan {
  const firstRow = scoredStart - 1;
  const endRow = tokens.length - 1;
  return {
    tokens,
    firstRow,
    endRow,
    firstLogits: roundDown(firstRow, BLOCK),
    end: Math.max(endRow, Math.min(roundUp(endRow, BLOCK), positions)),
  };
}

/**
 * @param room tokens of a sequence
 * @throws EngineError `ContextTooSmall`
 */
export function checkRoom({ length }: Int32Array, room: number): void {
  if (length <= room) return;
  throw new EngineError(
    "ContextTooSmall",
    `A window of ${length} tokens does not fit into a context of ${room}. Choose a smaller window, or a shorter prompt.`,
  );
}
