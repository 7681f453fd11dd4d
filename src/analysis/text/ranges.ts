/**
 * Half-open ranges, alike but for what they count: the compiler refuses one where the other is wanted. `unit` is never
 * set. `protocol/scores` has the same two, as neither folder imports the other.
 */

/** UTF-16 offsets. */
export interface TextRange {
  readonly start: number;
  readonly endExclusive: number;
  readonly unit?: "UTF-16";
}

/** Numbers of tokens. */
export interface TokenRange {
  readonly start: number;
  readonly endExclusive: number;
  readonly unit?: "token";
}
