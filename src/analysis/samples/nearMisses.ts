import { fewestSamples, type AnchorOptions, type TailIndex } from "./anchors";
import { forEachInterval } from "../align/repeats";
import { textOfCodePoints } from "../text/codePoints";

/** A text that some samples have at the same column. */
export interface NearMiss {
  readonly text: string;
  /** Code points. */
  readonly length: number;
  readonly samples: number;
}

/** What comes nearest to an anchor where there is none. */
export interface NearMisses {
  /** The longest text that enough samples have at the same column; null: not even one character. */
  readonly longest: NearMiss | null;
  /** Of the texts that are long enough, the one that most samples have at the same column; null: no two have one. */
  readonly commonest: NearMiss | null;
}

/** Ties: the longer or more common one, then the leftmost. */
export function nearMisses(index: TailIndex, { minLength, minShare }: AnchorOptions): NearMisses {
  const fewest = fewestSamples(minShare, index.points.length);
  return {
    longest: best(index, 1, fewest, (a, b) => a.length - b.length || a.samples - b.samples),
    commonest: best(index, minLength, 2, (a, b) => a.samples - b.samples || a.length - b.length),
  };
}

interface Shared {
  readonly length: number;
  readonly samples: number;
  /** Place of one of the tails in `sites`. */
  readonly entry: number;
}

function best(
  index: TailIndex,
  minLength: number,
  fewest: number,
  compare: (a: Shared, b: Shared) => number,
): NearMiss | null {
  let found: Shared | null = null;
  forEachInterval(index.common, minLength, (length, first, endExclusive) => {
    const shared = { length, samples: endExclusive - first, entry: first };
    if (shared.samples < fewest) return;
    const order = found === null ? 1 : compare(shared, found) || found.entry - shared.entry;
    if (order > 0) found = shared;
  });
  return found && toMiss(index, found);
}

function toMiss({ samples, points, sites }: TailIndex, { length, samples: count, entry }: Shared) {
  const site = sites[entry]!;
  const sample = samples.textOf[site]!;
  const start = site - samples.starts[sample]!;
  const text = textOfCodePoints(points[sample]!.subarray(start, start + length));
  return { text, length, samples: count };
}
