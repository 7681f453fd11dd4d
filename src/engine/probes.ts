/** Linear probes of hidden states (docs/definitions.md, "Probes"): how the engine fits them, and what it answers. */
import type { StatesFile, StatesWindow } from "./states";

/** Rows of a file of states, by what they are for; none is in two parts. */
export interface ProbeRows {
  readonly fit: Uint32Array;
  /** Choose lambda. */
  readonly choose: Uint32Array;
  readonly report: Uint32Array;
}

interface ProbeRequest {
  /** On whose device it is computed. */
  readonly model: number;
  readonly states: StatesFile;
  /** Of the file, that is read. */
  readonly layer: number;
  readonly rows: ProbeRows;
  /** Of the ridge, to choose from; each > 0. */
  readonly lambdas: readonly number[];
}

/**
 * Ridge regressions from the standardised states of a layer and a constant, which is not penalised, to the classes of tokens (each
 * 1 or 0): the class with the largest value is what is predicted, of equal ones the first.
 */
export interface RidgeRequest extends ProbeRequest {
  /** How many. */
  readonly classes: number;
  /** What is to be predicted, each a probe of its own: classes by row of the file. -1: none of them, which can't be in `fit`. */
  readonly targets: readonly Int32Array[];
  /** Where fitted probes are kept; without it, nowhere. */
  readonly keep?: KeepRequest;
}

/** A file that holds fitted probes of one layer, written whole or not at all. */
export interface KeepRequest {
  readonly path: string;
  /** Of how many targets, the first ones. */
  readonly targets: number;
  /** The token that a class stands for, `[class]`. */
  readonly tokens: Int32Array;
}

/** Asks kept probes what the states of a window say of tokens to come. */
export interface ExpectAheadRequest {
  readonly model: number;
  /** Path of a file that `fitRidge` has kept, of this model. */
  readonly probe: string;
  readonly window: StatesWindow;
}

/** The token that each kept probe predicts from each kept token of the window, `[target][row]`. */
export type ExpectedAhead = readonly Int32Array[];

/**
 * Future Lens (Pal et al. 2023): ridge regressions from the standardised states of a layer to those of the last layer `ahead` rows later,
 * decoded by the model's own norm and head. The last layer's states are in the file, and rows `ahead` later belong to the same window.
 */
export interface LensRequest extends ProbeRequest {
  readonly ahead: readonly number[];
  /** The token that is to be predicted, by `ahead` and row of the file. */
  readonly targets: readonly Int32Array[];
  /** What the model itself expects next, by row of the file (`StatesRows`): what is known of its head is tried on that. */
  readonly firstChoice: Int32Array;
}

/** A probe of one target, fitted with the lambda that chooses best. */
export interface FittedProbe {
  readonly lambda: number;
  /**
   * Shares of the rows `choose` that each lambda predicts rightly, `[lambda]`; where there are more than 4,000 of them (1,000 for a
   * Future Lens), of as many, evenly from all.
   */
  readonly chosenFrom: readonly number[];
  /** What is predicted, a class or a token, `[row of the part]`. */
  readonly choose: Int32Array;
  readonly report: Int32Array;
}
