/** Messages about the pair's models. */
import { event, request } from "./channel";
import type { ChosenModel } from "./modelIdentity";
import type { Role } from "./roles";
import type { ModelFacts } from "./scores";

export const ModelRequest = {
  /** State of the pair. */
  state: request<null, ModelsState>("twinlens/models"),
  /** Load both models now. */
  load: request<null, ModelsState>("twinlens/load"),
  /** Free both models. */
  unload: request<null, ModelsState>("twinlens/unload"),
  /** What follows from pairing two files. */
  comparePair: request<ComparePairParams, PairComparison>("twinlens/comparePair"),
};

export const ModelEvent = {
  /** A model was loaded, unloaded or failed. */
  changed: event<ModelsState>("twinlens/modelsChanged"),
};

export interface ModelsState {
  readonly pair: string;
  readonly models: readonly ModelState[];
  /** Set when the two do not fit in memory together. */
  readonly note: string | null;
}

export interface ModelState extends ChosenModel {
  readonly role: Role;
  readonly state: "unloaded" | "loading" | "loaded" | "failed";
  readonly facts: ModelFacts | null;
  /** What went wrong and what to do about it, when `failed`. */
  readonly error: string | null;
}

export interface ComparePairParams {
  readonly base: ChosenModel;
  readonly rlhf: ChosenModel;
}

export interface PairComparison {
  readonly sameTokenizer: boolean;
  readonly sameBos: boolean;
  readonly consequence: string;
}
