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
  random: () => number,
): Int32Array {
  const result = targets.slice();
  for (let last = fit.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [fit[last]!, fit[other]!];
    [result[a], result[b]] = [result[b]!, result[a]!];
  }
  return result;
}
