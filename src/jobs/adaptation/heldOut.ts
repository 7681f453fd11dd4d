import type { TrainingPiece } from "../../engine/training";

/** Pieces of a part that is not trained on, which are decoded at every measurement. */
export interface HeldOutPieces {
  readonly pieces: readonly TrainingPiece[];
  /** Whose each piece is, `[piece]`; the documents that have one count from 0. */
  readonly documentOf: readonly number[];
  readonly documents: number;
}

/** Pieces of a part, at most (a choice). */
export const MOST_PIECES = 32;

/**
 * First each document's first piece, then each one's second, until there are enough: intervals are over documents.
 * @param documents `[document][piece]`, each of at least one
 */
export function heldOutPieces(documents: readonly (readonly TrainingPiece[])[]): HeldOutPieces {
  const pieces: TrainingPiece[] = [];
  const documentOf: number[] = [];
  for (let place = 0, before = -1; pieces.length > before; place++) {
    before = pieces.length;
    documents.slice(0, MOST_PIECES).forEach((of, document) => {
      const piece = of[place];
      if (piece === undefined || pieces.length === MOST_PIECES) return;
      pieces.push(piece);
      documentOf.push(document);
    });
  }
  return { pieces, documentOf, documents: Math.min(MOST_PIECES, documents.length) };
}
