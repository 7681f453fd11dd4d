import type { Generator } from "../statistics/random";
import { shuffled } from "../statistics/shuffle";
import { predictedRow, type TokenRows } from "./tokenRows";

/** The tokens that a probe can name. */
export interface TokenClasses {
  /** `[class]`, rising. */
  readonly tokens: Int32Array;
  /** -1: a token that is none, `[token]`. */
  readonly classOf: Int32Array;
}

/**
 * The tokens that stand ahead of fit rows at any of the distances.
 * @param vocabularySize above every token
 */
export function classesOf(
  { token }: TokenRows,
  fit: Uint32Array,
  ahead: readonly number[],
  vocabularySize: number,
): TokenClasses {
  const classOf = new Int32Array(vocabularySize).fill(-1);
  for (const row of fit) for (const n of ahead) classOf[token[predictedRow(row, n)]!] = 0;
  const tokens = Int32Array.from(classOf.keys()).filter((id) => classOf[id] === 0);
  tokens.forEach((id, i) => (classOf[id] = i));
  return { tokens, classOf };
}

/** The tokens that stand ahead, by row; -1: there is none. */
export function tokensAhead({ token }: TokenRows, ahead: number): Int32Array {
  return token.map((_, row) => token[predictedRow(row, ahead)] ?? -1);
}

/** Classes of the tokens that stand ahead, by row; -1: none, or there is no token. */
export function targetsOf(rows: TokenRows, { classOf }: TokenClasses, ahead: number): Int32Array {
  return tokensAhead(rows, ahead).map((token) => classOf[token] ?? -1);
}

/** The same classes at fit rows, in another order: what a probe finds that learns nothing of what stands ahead. */
export function shuffledTargets(
  targets: Int32Array,
  fit: Uint32Array,
  random: Generator,
): Int32Array {
  const order = shuffled(
    Array.from(fit, (row) => targets[row]!),
    random,
  );
  const result = targets.slice();
  fit.forEach((row, i) => (result[row] = order[i]!));
  return result;
}
