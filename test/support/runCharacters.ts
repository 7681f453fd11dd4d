/** Characters of the shortest runs that count, one sum for each. */
export const RUN_LENGTHS = [4, 8, 16, 30] as const;

/**
 * What an alignment matches, letters equal by chance left out: over all pairs of texts, the characters in runs of at least
 * each of {@link RUN_LENGTHS}. A run is a maximal stretch of consecutive characters of both texts that are equal and
 * stand in the same columns.
 *
 * @param rows Column of each code point, `[text][code point]`.
 */
export function runCharacters(
  texts: readonly string[],
  rows: readonly ArrayLike<number>[],
): number[] {
  const characters = texts.map((text) => [...text]);
  const sums = RUN_LENGTHS.map(() => 0);
  const addRun = (run: number) => {
    RUN_LENGTHS.forEach((least, k) => (sums[k]! += run >= least ? run : 0));
  };
  for (let a = 0; a < rows.length; a++) {
    for (let b = a + 1; b < rows.length; b++) {
      forEachRun(characters[a]!, rows[a]!, characters[b]!, rows[b]!, addRun);
    }
  }
  return sums;
}

/** Calls `visit` with the length of each run that two rows have in common. */
function forEachRun(
  a: readonly string[],
  columnsOfA: ArrayLike<number>,
  b: readonly string[],
  columnsOfB: ArrayLike<number>,
  visit: (run: number) => void,
): void {
  let run = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [columnOfA, columnOfB] = [columnsOfA[i]!, columnsOfB[j]!];
    if (columnOfA === columnOfB && a[i] === b[j]) run++;
    else {
      visit(run);
      run = 0;
    }
    if (columnOfA <= columnOfB) i++;
    if (columnOfB <= columnOfA) j++;
  }
  visit(run);
}
