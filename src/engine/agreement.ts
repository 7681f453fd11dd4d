/** Two models' distributions at the same places of a text: how they are asked for, and what is found (docs/definitions.md, "Agreement"). */

/** A window as each of two models sees it: the same pieces, whatever numbers they have. */
export interface ComparedWindow {
  /** By model, equally long; BOS or a prompt first. */
  readonly tokens: readonly [Int32Array, Int32Array];
  /** Number of the first token at which distributions are compared, ≥ 1; they are at all after it. */
  readonly scoredStart: number;
}

export interface CompareRequest {
  /** Two that are loaded. */
  readonly models: readonly [number, number];
  readonly windows: readonly ComparedWindow[];
}

/**
 * Distributions over the entries that both vocabularies have, at `count` tokens of a window, row 0 being at its token `start`. Where a
 * vocabulary has further entries, its distribution is scaled to add up to 1 without them.
 */
export interface ComparedRows {
  /** Number of the window. */
  readonly window: number;
  readonly start: number;
  readonly count: number;
  /** Kullback-Leibler divergence of the first model's distribution from the second's, nats, ≥ 0. `[row]` */
  readonly first: Float64Array;
  /** Of the second's from the first's. */
  readonly second: Float64Array;
  /** 1: both have the same most probable entry, else 0. `[row]` */
  readonly agrees: Uint8Array;
  /** What each model gives the entries that both have, by model, `[row]`, 0 .. 1; null: both have all. */
  readonly common: readonly [Float64Array, Float64Array] | null;
}
