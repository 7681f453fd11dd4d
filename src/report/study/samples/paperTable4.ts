/** The paper's Table 4: different n-grams of all, per cent, n = 1 .. 4, of 100 samples of each of Vicuna's 80 prompts. */

export interface PaperDiversity {
  readonly model: string;
  readonly topP: number;
  readonly shares: readonly number[];
}

const NUCLEI = [0.6, 0.7, 0.8, 0.9, 1];

/** `[n - 1][nucleus]`. */
const MODELS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "Llama 2 7B": [
    [3.11, 4.15, 6.08, 9.34, 17.17],
    [12.18, 17.29, 26.83, 42.26, 64.11],
    [21.57, 30.66, 47.06, 70.26, 89.5],
    [28.5, 39.79, 59.04, 82.79, 95.86],
  ],
  "Llama 2 7B RLHF": [
    [3.06, 3.29, 3.67, 4.03, 5.42],
    [12.51, 13.78, 15.67, 17.29, 23.08],
    [23.43, 26.03, 29.64, 32.65, 42.14],
    [32.62, 36.32, 41.21, 45.14, 56.26],
  ],
  "Llama 2 70B": [
    [4.11, 5.12, 6.73, 9.2, 15.69],
    [16.45, 21.34, 29.34, 41.04, 60.61],
    [29.1, 37.56, 50.77, 68.09, 86.8],
    [38.33, 48.54, 63.34, 80.78, 94.22],
  ],
  "Llama 2 70B RLHF": [
    [3.35, 3.63, 3.89, 4.33, 5.39],
    [13.18, 14.7, 16, 17.96, 22.59],
    [23.67, 26.73, 29.24, 32.71, 40.36],
    [32.03, 36.31, 39.77, 44.17, 53.23],
  ],
};

export const TABLE_4: readonly PaperDiversity[] = Object.entries(MODELS).flatMap(
  ([model, lengths]) =>
    NUCLEI.map((topP, i) => ({ model, topP, shares: lengths.map((shares) => shares[i]!) })),
);
