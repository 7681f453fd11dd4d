/**
 * llama.cpp's kernels add up in another order for few rows than for many, and for what is left over when they have taken
 * rows in groups. Windows are therefore decoded in whole blocks, so that a token's numbers depend on the tokens before it
 * alone: not on the batch, nor on what follows, nor on where an earlier window or edit has left off.
 */

/**
 * Tokens of a block: llama.cpp's flash attention takes that many rows of a sequence at a time on a processor, and adds up
 * in 16 bits where there are fewer. A multiple of the groups (4 to 16) in which products of matrices take rows.
 */
export const BLOCK = 64;

/** Sequences that a step of drawing decodes one row each of: a multiple, where fewer would take other kernels. */
export const STEP_ROWS = 8;

/** How many sequences are drawn together: no more than the samples fill, in whole groups of {@link STEP_ROWS}. */
export function sequencesOf(width: number, samples: number): number {
  return roundUp(Math.min(width, samples), STEP_ROWS);
}

/** The least multiple of `of` that is no smaller than `count`. */
export function roundUp(count: number, of: number): number {
  return Math.ceil(count / of) * of;
}

/** The largest multiple of `of` that is no larger than `count`. */
export function roundDown(count: number, of: number): number {
  return Math.floor(count / of) * of;
}
