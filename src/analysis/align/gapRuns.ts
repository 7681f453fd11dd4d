/**
 * One row of an alignment as run lengths: gap, characters, gap, characters, … from column 0 on; only the first gap may
 * be 0; the gap behind the last character is not written. A text without characters is the empty list.
 */
export type GapRuns = readonly number[];

/** The run lengths of a row given as the ascending column of each character. */
export function encodeGaps(row: ArrayLike<number>): number[] {
  const runs: number[] = [];
  let next = 0;
  for (let i = 0; i < row.length; i++) {
    const column = row[i]!;
    if (column > next || runs.length === 0) runs.push(column - next, 1);
    else runs[runs.length - 1]!++;
    next = column + 1;
  }
  return runs;
}

/**
 * The inverse of {@link encodeGaps}.
 * @throws RangeError when `runs` is nothing that `encodeGaps` writes, or needs more columns than `maxColumns`
 */
export function decodeGaps(runs: GapRuns, maxColumns: number): Int32Array {
  let columns = 0;
  let characters = 0;
  runs.forEach((run, i) => {
    if (!Number.isInteger(run) || run < (i === 0 ? 0 : 1))
      throw new RangeError(`gap run ${i}: ${run}`);
    columns += run;
    if (i % 2 === 1) characters += run;
  });
  if (runs.length % 2 !== 0) throw new RangeError(`${runs.length} gap runs are not pairs`);
  if (columns > maxColumns) throw new RangeError(`${columns} columns of ${maxColumns}`);
  const row = new Int32Array(characters);
  let column = 0;
  let written = 0;
  runs.forEach((run, i) => {
    if (i % 2 === 1) for (let k = 0; k < run; k++) row[written++] = column + k;
    column += run;
  });
  return row;
}
