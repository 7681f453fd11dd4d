/** Texts as rows of tokens, in which what stands ahead of a token is looked up. */

/** The tokens of windows, one window after another. A window is a text, or a part of one, that is read on its own. */
export interface TokenRows {
  /** `[row]`. */
  readonly token: Int32Array;
  /** Number of its window, `[row]`. */
  readonly window: Uint32Array;
  /** First row of each window, and behind the last one the number of rows, `[window]`. */
  readonly windowStart: Uint32Array;
  /** What each window belongs to: a document, or a prompt, `[window]`. */
  readonly unitOf: Uint32Array;
  /** Windows of the same number go on from the same words, `[window]`. */
  readonly beginningOf: Uint32Array;
}

/** What a window is of, as {@link TokenRows} has it. */
export interface TokenWindow {
  readonly ids: Int32Array;
  readonly unit: number;
  readonly beginning: number;
}

export function toTokenRows(windows: readonly TokenWindow[]): TokenRows {
  const windowStart = new Uint32Array(windows.length + 1);
  windows.forEach(({ ids }, i) => (windowStart[i + 1] = windowStart[i]! + ids.length));
  const rows = windowStart[windows.length]!;
  const token = new Int32Array(rows);
  const window = new Uint32Array(rows);
  windows.forEach(({ ids }, i) => {
    token.set(ids, windowStart[i]);
    window.fill(i, windowStart[i], windowStart[i + 1]);
  });
  return {
    token,
    window,
    windowStart,
    unitOf: Uint32Array.from(windows, ({ unit }) => unit),
    beginningOf: Uint32Array.from(windows, ({ beginning }) => beginning),
  };
}

/** The row of the token that a probe predicts from `row`: `ahead` tokens after the next one. It may be of another window. */
export function predictedRow(row: number, ahead: number): number {
  return row + 1 + ahead;
}

/** Rows from which tokens up to `ahead` after the next one stand in the same window. */
export function rowsBefore({ token, window }: TokenRows, ahead: number): Uint32Array {
  const rows = new Uint32Array(token.length);
  let count = 0;
  for (let row = 0; predictedRow(row, ahead) < token.length; row++) {
    if (window[row] === window[predictedRow(row, ahead)]) rows[count++] = row;
  }
  return rows.slice(0, count);
}
