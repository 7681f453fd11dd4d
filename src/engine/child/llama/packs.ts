import { BLOCK } from "../../blocks";

/**
 * Which texts are decoded together: those of equal length, as many as a batch holds. llama.cpp takes equally many rows of each
 * sequence at a time; where one ends before the others, it would cut their rows into pieces smaller than a block. So there are
 * never more decodes than of one text after another, and none is larger than a batch.
 * @param lengths positions to decode of each text
 * @param sequences texts in a decode, at most
 * @param batch tokens in a decode, whole blocks
 * @returns numbers of texts, in the order of each pack's first
 */
export function packsOf(lengths: readonly number[], sequences: number, batch: number): number[][] {
  const packs: number[][] = [];
  const lastOf = new Map<number, number[]>();
  lengths.forEach((length, text) => {
    const room = length > 0 && length % BLOCK === 0 ? Math.min(sequences, batch / length) : 1;
    const last = lastOf.get(length);
    if (last !== undefined && last.length < Math.floor(room)) {
      last.push(text);
      return;
    }
    const pack = [text];
    packs.push(pack);
    lastOf.set(length, pack);
  });
  return packs;
}
