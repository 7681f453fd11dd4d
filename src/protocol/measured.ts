/** What the scores of a document were measured with. */
export interface Measured {
  /** Name of the pair. */
  readonly pair: string;
  /** Name of the pair in use, where other models or settings are (the name may be the same); null: these are in use. */
  readonly replacedBy: string | null;
}

/** What is said beside numbers that other models or settings have made; null: those in use have made them. */
export function oldMeasurement({ pair, replacedBy }: Measured): string | null {
  if (replacedBy === null) return null;
  return pair === replacedBy ? "measured with other models or settings" : `measured with ${pair}`;
}
