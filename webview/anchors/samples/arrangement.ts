/** Which samples the list shows, in which order, and where they have their anchors. */
import type { GapRuns } from "../../../src/analysis/align/gapRuns";
import { skipCodePoints } from "../../../src/analysis/text/codePoints";
import type { AlignmentView } from "../../../src/protocol/anchorViews";
import type { RoleState } from "../state";
import { type AnchorPlace, findAll } from "./colourRuns";
import { shownRows } from "./shownRows";
import { type Order, sortSamples } from "./sorting";

/** What the user has asked for. */
export interface Wish {
  readonly look: Look;
  readonly order: Order;
  /** Only samples that contain it; empty: all. */
  readonly wanted: string;
}

export type Look = "plain" | "aligned";

export interface Arrangement {
  readonly state: RoleState;
  readonly wanted: string;
  /** On whose columns the samples stand; null: each as it was drawn. */
  readonly alignment: AlignmentView | null;
  /** Gaps and characters of each sample on these columns, `[sample]`; empty: each as it was drawn. */
  readonly rows: readonly GapRuns[];
  /** Numbers of the samples in the order shown, `[row]`. */
  readonly shown: readonly number[];
  /** `[sample]`, ascending. */
  readonly places: readonly (readonly AnchorPlace[])[];
}

export function arrange(state: RoleState, { look, order, wanted }: Wish): Arrangement {
  const { samples } = state;
  const places = anchorPlaces(state);
  const alignment = look === "aligned" ? state.alignment : null;
  const texts = samples.map(({ text }) => text);
  const contains = (sample: number) => findAll(samples[sample]?.text ?? "", wanted).length > 0;
  return {
    state,
    wanted,
    alignment,
    rows: alignment ? shownRows(texts, alignment) : [],
    shown: sortSamples(samples, places, order).filter((one) => wanted === "" || contains(one)),
    places,
  };
}

/** Where each sample has which anchors, `[sample]`, ascending. */
function anchorPlaces({ samples, anchors }: RoleState): readonly (readonly AnchorPlace[])[] {
  const places: AnchorPlace[][] = samples.map(() => []);
  anchors?.anchors.forEach(({ text, occurrences }, anchor) => {
    for (const { sample, start } of occurrences) {
      const first = skipCodePoints(samples[sample]?.text ?? "", 0, start);
      places[sample]?.push({ anchor, start: first, endExclusive: first + text.length });
    }
  });
  for (const ofSample of places) ofSample.sort((a, b) => a.start - b.start);
  return places;
}

/** An anchor in the list. */
export interface Stop {
  readonly row: number;
  /** UTF-16 offset in the row's sample. */
  readonly start: number;
}

/** All anchors in the order shown; those with the marked number only, where one is marked. */
export function stopsOf(
  { shown, places }: Arrangement,
  marked: number | null = null,
): readonly Stop[] {
  return shown.flatMap((sample, row) =>
    (places[sample] ?? [])
      .filter(({ anchor }) => marked === null || anchor === marked)
      .map(({ start }) => ({ row, start })),
  );
}

/** The stop before or behind one of them, around the ends; from null, or from one that is gone, the first or the last. */
export function nextStop(
  stops: readonly Stop[],
  from: Stop | null,
  direction: 1 | -1,
): Stop | undefined {
  const at = stops.findIndex(({ row, start }) => row === from?.row && start === from.start);
  const next = at < 0 ? (direction > 0 ? 0 : -1) : at + direction;
  return stops[(next + stops.length) % stops.length];
}
