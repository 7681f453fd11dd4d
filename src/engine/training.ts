/** Adapting a model to texts by gradient descent (docs/definitions.md, "Re-adaptation"): how it is asked for, and what is heard of it. */

/** A text, or a part of one, that sees itself alone; it begins with BOS where the model uses one. */
export interface TrainingPiece {
  readonly tokens: Int32Array;
  /** The first that is predicted, ≥ 1, as all after it are; those before it are merely seen. */
  readonly scoredStart: number;
}

/** Pieces that are decoded together. */
export interface TrainingWindow {
  /** At least one; their rows are `length` of the request at most, all together. */
  readonly pieces: readonly TrainingPiece[];
}

/** Tokens that pieces predict. */
export function predictedIn(pieces: readonly TrainingPiece[]): number {
  return pieces.reduce((sum, { tokens, scoredStart }) => sum + tokens.length - scoredStart, 0);
}

/** Rows that pieces take in a window: one for each token that another one comes after. */
export function rowsOf(pieces: readonly TrainingPiece[]): number {
  return pieces.reduce((sum, { tokens }) => sum + tokens.length - 1, 0);
}

/** A low-rank adapter of every linear layer but the output matrix (Hu et al. 2021): W + (alpha / rank) B A; A and B are trained. */
export interface LowRank {
  readonly rank: number;
  readonly alpha: number;
}

export interface TrainRequest {
  /** What is adapted. One that is loaded with an adapter is trained on in that, with rank and alpha of its own. */
  readonly model: number;
  /** What is trained. */
  readonly weights: LowRank | "all";
  /** Of AdamW (Loshchilov and Hutter 2019), the same at each step; > 0. */
  readonly learningRate: number;
  /** Of AdamW, ≥ 0. */
  readonly weightDecay: number;
  /** Of the adapter's first values. */
  readonly seed: number;
  /** Rows of a window. */
  readonly length: number;
  /** Windows whose loss, per predicted token, each step descends. `[step][window]` */
  readonly steps: readonly (readonly TrainingWindow[])[];
  /** Pieces that choose the step whose weights are kept. Without any, the last one's are. */
  readonly choose: readonly TrainingPiece[];
  /** Pieces that are merely measured. */
  readonly report: readonly TrainingPiece[];
  /** Steps between two measurements, at which everything is kept as well; the first and the last step are measured always. */
  readonly interval: number;
  /**
   * Where the chosen step's weights are written at the end: an adapter, or a model where all weights are trained. Until then those of the
   * best step so far lie beside it, as `<out>.step-N`.
   */
  readonly out: string;
  /**
   * Where all is kept that training needs to go on. One that lies there and belongs to this request is gone on with, and gone once
   * the last step is done.
   */
  readonly checkpoint: string;
  /** SHA-256 of the model, in hex, for the adapter to name; null: it is not known. */
  readonly modelSha256: string | null;
}

export type TrainingEvent =
  /** What it will take, before weights are read. */
  { readonly kind: "memory"; readonly bytes: number } | TrainingStep | TrainingMeasurement;

/** A step that was taken, now or before the training was gone on with. */
export interface TrainingStep {
  readonly kind: "step";
  /** From 1. */
  readonly step: number;
  /** Mean over the tokens that its windows predict, before the step; nats. */
  readonly loss: number;
  /** It was taken before the training was interrupted. */
  readonly isPast: boolean;
}

/** What held-out pieces lose after `step` steps; 0: the model as it was. Nats, the sum over a piece's predicted tokens, `[piece]`. */
export interface TrainingMeasurement {
  readonly kind: "measured";
  readonly step: number;
  readonly choose: Float64Array;
  readonly report: Float64Array;
}

export interface TrainedWeights {
  /** Whose weights were written; 0: no step was better than none, and nothing was. */
  readonly step: number;
  /** Tokens that were predicted in all, times they were. */
  readonly tokens: number;
}
