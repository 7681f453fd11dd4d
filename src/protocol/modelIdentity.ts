/**
 * Which model it is, wherever it lies and whatever it is called. A digest says so for good, but reading gigabytes through takes
 * longer than a heat map may; a stamp is there at once, and vouches for the model where one of two digests is not known.
 */
export interface ModelIdentity {
  /** SHA-256 over its files in order, in hex; null: nobody has read them through yet. */
  readonly sha256: string | null;
  /** Differs for other weights, as far as can be seen without reading them; of files: their paths, sizes and times of change. */
  readonly stamp: string;
}

/** Where a model's first file lies, and which model that is. */
export interface ModelFile {
  readonly path: string;
  readonly identity: ModelIdentity;
}

/** Whether two are the same model, as far as is known. */
export function sameModel(a: ModelIdentity, b: ModelIdentity): boolean {
  return a.sha256 !== null && b.sha256 !== null ? a.sha256 === b.sha256 : a.stamp === b.stamp;
}
