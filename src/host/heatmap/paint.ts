import { bucketOf } from "../../analysis/scores/buckets";
import type { TextRange } from "../../protocol/scores";
import type { View } from "../../protocol/settings";

/**
 * The scales of colour. A difference has that of the model that expected the text more; every other view has its own, so
 * that no colour means two things.
 */
export type Scale =
  "baseFavoured" | "rlhfFavoured" | "baseSurprisal" | "rlhfSurprisal" | "baseRank" | "rlhfRank";

/** Steps of each scale, weakest first from 1; every one is a colour `twinlens.<scale><step>`. */
export const STEPS: Readonly<Record<Scale, number>> = {
  baseFavoured: 3,
  rlhfFavoured: 3,
  baseSurprisal: 5,
  rlhfSurprisal: 5,
  baseRank: 3,
  rlhfRank: 3,
};

/** One colour of the heat map, as in `baseSurprisal3`. */
export type Style = `${Scale}${number}`;

/** The colour of a bucket; null: left as it is, for what was expected or not scored. */
export function styleOf(view: View, bucket: number | null): Style | null {
  if (bucket === null || bucket === 0) return null;
  switch (view) {
    case "base":
      return `baseSurprisal${bucket}`;
    case "rlhf":
      return `rlhfSurprisal${bucket}`;
    case "difference":
      return bucket > 0 ? `baseFavoured${bucket}` : `rlhfFavoured${-bucket}`;
    case "rank":
      return `rlhfRank${bucket}`;
    case "baseRank":
      return `baseRank${bucket}`;
    default:
      return view satisfies never;
  }
}

/** Values by cell in text order, ranges as UTF-16 offsets; `Cells` of the protocol, unpacked. */
export interface CellColumns {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly values: Float32Array;
}

/** What to decorate in an editor. */
export interface Painting {
  readonly ranges: ReadonlyMap<Style, readonly TextRange[]>;
  /** Text whose values belong to an earlier version of it. */
  readonly stale: readonly TextRange[];
}

/** Ranges by style. Neighbours of one style become one range; cells without text are left out. */
export function paint(cells: CellColumns, view: View): ReadonlyMap<Style, readonly TextRange[]> {
  const ranges = new Map<Style, TextRange[]>();
  for (let cell = 0; cell < cells.starts.length; cell++) {
    const start = cells.starts[cell]!;
    const endExclusive = cells.ends[cell]!;
    const style = styleOf(view, bucketOf(view, cells.values[cell]!));
    if (style === null || start >= endExclusive) continue;
    const ofStyle = ranges.get(style) ?? [];
    ranges.set(style, ofStyle);
    const before = ofStyle.at(-1);
    if (before?.endExclusive === start) {
      ofStyle[ofStyle.length - 1] = { start: before.start, endExclusive };
    } else {
      ofStyle.push({ start, endExclusive });
    }
  }
  return ranges;
}
