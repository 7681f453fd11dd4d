import type { Vocabulary } from "../../engine/engine";
import { pieceBytes } from "../../engine/pieces";

/** A token that a continuation begins with. */
export interface GivenToken {
  /** In the vocabulary that it was taken from. */
  readonly id: number;
  readonly piece: Uint8Array;
  readonly text: string;
}

/** The token in another vocabulary, which has the same piece under its number; null: it has another one there. */
export function samePieceAs({ id, piece }: GivenToken, vocabulary: Vocabulary): number | null {
  if (id >= vocabulary.attributes.length) return null;
  return Buffer.compare(pieceBytes(vocabulary, id), piece) === 0 ? id : null;
}
