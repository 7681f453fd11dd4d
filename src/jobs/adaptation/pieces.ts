import type { TrainingPiece } from "../../engine/training";

/**
 * A document's tokens cut into pieces, so that each token is predicted once, but for the first where the model uses no BOS. A piece
 * begins with BOS, or with the last token of the piece before.
 * @param bos null: the model uses none
 * @param length tokens that a piece predicts, at most
 * @returns pieces of at least two tokens
 */
export function piecesOf(ids: Int32Array, bos: number | null, length: number): TrainingPiece[] {
  const pieces: TrainingPiece[] = [];
  for (let from = bos === null ? 1 : 0; from < ids.length; from += length) {
    const predicted = ids.subarray(from, from + length);
    const tokens = new Int32Array(predicted.length + 1);
    tokens[0] = bos ?? ids[from - 1]!;
    tokens.set(predicted, 1);
    pieces.push({ tokens, scoredStart: 1 });
  }
  return pieces;
}
