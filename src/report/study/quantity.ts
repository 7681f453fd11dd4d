/** The numbers of a study's results by name and label, whatever figure shows them. */
import type { ResultCell } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import type { Interval } from "../../protocol/studyFigure";
import { distinct } from "./cells";

/** What tells numbers of one name apart; empty: the number has no such label, as one over all corpora has no corpus. */
export type Labels = Readonly<Record<string, string>>;

/** One number. */
export interface Quantity {
  /** One of its source's names. */
  readonly name: string;
  readonly labels: Labels;
  /** Computes it, which takes thousands of draws; null: there is nothing that it is a number of. */
  readonly interval: () => Interval | null;
}

/** The numbers that a measure gives. */
export interface QuantitySource {
  /** Whose cells the numbers are made of. */
  readonly measure: Measure;
  /** Units of the numbers by name, such as `%`; empty: a mere number. */
  readonly units: Readonly<Record<string, string>>;
  /** Values that labels may have beside `pair`, `stage`, `corpus` and `category`, which all have; null: any. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Whether numbers over all corpora of a pair are among them. */
  readonly isPooled: boolean;
  /** @param cells of the measure, each with numbers in it, in the order of results */
  readonly of: (cells: readonly ResultCell[]) => Quantity[];
}

/** Labels of a number of one corpus. */
export function cellLabels({ pair, corpus, category }: ResultCell, stage: string): Labels {
  return { pair, stage, corpus, category };
}

/** What numbers are made of. */
interface Scope {
  readonly cells: readonly ResultCell[];
  readonly labels: (stage: string) => Labels;
}

/** Every pair's corpora together, then each of them. */
export function scopesOf(cells: readonly ResultCell[]): Scope[] {
  return distinct(cells.map(({ pair }) => pair)).flatMap((pair) => {
    const of = cells.filter((cell) => cell.pair === pair);
    const all: Scope = {
      cells: of,
      labels: (stage) => ({ pair, stage, corpus: "", category: "" }),
    };
    return [
      all,
      ...of.map((cell): Scope => ({ cells: [cell], labels: (stage) => cellLabels(cell, stage) })),
    ];
  });
}

/** A share as per cent. */
export function asPercent(interval: Interval | null): Interval | null {
  return scaled(interval, 100);
}

export function scaled(interval: Interval | null, by: number): Interval | null {
  if (interval === null) return null;
  const times = (value: number | null) => (value === null ? null : value * by);
  return { value: interval.value * by, low: times(interval.low), high: times(interval.high) };
}
