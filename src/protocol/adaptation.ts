/** Messages about adapting a model to texts (docs/definitions.md, "Re-adaptation"). */
import { event, request } from "./channel";
import type { Interval } from "./studyFigure";

export const AdaptationRequest = {
  /** Trains an adapter and writes it; cancelled, it leaves what another call can go on with. */
  adapt: request<AdaptParams, AdaptedModel>("twinlens/adapt"),
  /** Ends the training, likewise. */
  cancel: request<null, null>("twinlens/cancelAdaptation"),
  /** Whether a training that was interrupted can be gone on with. */
  isKept: request<AdapterFile, boolean>("twinlens/isAdaptationKept"),
  /** Deletes a training that was interrupted. */
  discard: request<AdapterFile, null>("twinlens/discardAdaptation"),
};

export const AdaptationEvent = {
  /** The training moved. */
  progress: event<AdaptationProgress>("twinlens/adaptationProgress"),
};

export interface AdapterFile {
  /** Where the adapter is written in the end; what is there is replaced. */
  readonly out: string;
}

export interface AdaptParams extends AdapterFile {
  /** File of the model, which is adapted as it is without any adapter. */
  readonly model: string;
  /** Files and folders. */
  readonly texts: readonly string[];
  /** Of a plain text each line is a document. */
  readonly lines: boolean;
  readonly steps: number;
  /** A training of the same that was interrupted is gone on with; else it is discarded, whatever it was of. */
  readonly goOn: boolean;
}

export interface AdaptationProgress {
  /** What is being done, in a few words. */
  readonly what: string;
  /** Of that, 0 .. 1; null: unknown */
  readonly fraction: number | null;
  /** null: not known yet. */
  readonly secondsLeft: number | null;
}

export interface AdaptedModel {
  /** Its name. */
  readonly model: string;
  /** Whose weights were written; 0: no step was better than none, and nothing was. */
  readonly chosenStep: number;
  readonly steps: number;
  readonly trained: { readonly documents: number; readonly tokens: number };
  /** Why documents were not used, and how many; empty: all were. */
  readonly leftOut: readonly string[];
  /** Of documents that it was not trained on. */
  readonly report: {
    readonly before: HeldOutLoss;
    readonly after: HeldOutLoss;
    /** After - before, nats per token; no ends for too few documents. */
    readonly change: Interval;
    /** That the interval draws. */
    readonly documents: number;
  };
}

export interface HeldOutLoss {
  /** Mean over predicted tokens, nats. */
  readonly loss: number;
  /** e to the loss. */
  readonly perplexity: number;
}
