/**
 * Which model it is, wherever it lies and whatever it is called. A digest says so for good, but reading gigabytes through takes
 * longer than a heat map may; a stamp is there at once, and vouches for the model where one of two digests is not known.
 */
export interface ModelIdentity {
  /** SHA-256 over its files in order, its adapter's last, in hex; null: nobody has read them through yet. */
  readonly sha256: string | null;
  /** Differs for other weights, as far as can be seen without reading them; of files: their paths, sizes and times of change. */
  readonly stamp: string;
}

/** A model as it is chosen. */
export interface ChosenModel {
  /** Its first file. */
  readonly path: string;
  /** GGUF file of a low-rank adapter that is added to its weights; null: none. */
  readonly adapter: string | null;
}

/** A model as its files have it. */
export function withoutAdapter(path: string): ChosenModel {
  return { path, adapter: null };
}

export function isSameChoice(a: ChosenModel, b: ChosenModel): boolean {
  return a.path === b.path && a.adapter === b.adapter;
}

/** Where a model lies, and which model that is. */
export interface ModelFile extends ChosenModel {
  readonly identity: ModelIdentity;
}

/** Whether two are the same model, as far as is known. */
export function sameModel(a: ModelIdentity, b: ModelIdentity): boolean {
  return a.sha256 !== null && b.sha256 !== null ? a.sha256 === b.sha256 : a.stamp === b.stamp;
}
