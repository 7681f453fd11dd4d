/** Whether a study's results keep to thresholds. */
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import type { Interval } from "../../protocol/studyFigure";
import { cellFaults } from "../study/cellFaults";
import { distinct, isEmptyCell } from "../study/cells";
import { knownInterval, quantitiesOf } from "../study/quantities";
import type { Labels, QuantitySource } from "../study/quantity";
import { counted, itemName } from "../study/words";
import type { Filter, Operator, Threshold } from "./threshold";

/** Results with what they should have. */
export interface CheckedResult {
  /** As it is told apart from other results. */
  readonly name: string;
  readonly result: StudyResult;
  /** What the study asks for and the results do not have. */
  readonly missing: readonly Place[];
}

/** A pair's measure of a corpus; without models where nothing was measured. */
export type Place = Pick<ResultCell, "pair" | "corpus" | "category" | "measure" | "models">;

/** One threshold on one study's results. */
export interface Check {
  readonly name: string;
  readonly threshold: Threshold;
  readonly verdict: Verdict;
  /** All that the threshold matches. */
  readonly numbers: readonly CheckedNumber[];
  /** Why numbers could not be tested, or are not of all documents; a sentence each. */
  readonly faults: readonly string[];
  /** Whether the faults are allowed, and something was tested. */
  readonly isSound: boolean;
}

/** Every number was tested and keeps to the threshold; some number does not; or none does not, and some could not be tested. */
export type Verdict = "kept" | "exceeded" | "failed";

export interface CheckedNumber {
  readonly labels: Labels;
  /** null: there is no number. */
  readonly interval: Interval | null;
  /** `untested`: there is nothing to hold against the threshold. */
  readonly outcome: "kept" | "exceeded" | "untested";
}

/** @param allowIncomplete what was measured so far is enough, as long as there is a number to test */
export function checkResult(
  checked: CheckedResult,
  threshold: Threshold,
  allowIncomplete: boolean,
): Check {
  const { name, result } = checked;
  const all = quantitiesOf(result, threshold.kind);
  const numbers = all
    .filter(({ labels }) => matches(threshold.filters, labels))
    .map((quantity): CheckedNumber => {
      const interval = knownInterval(quantity);
      return { labels: quantity.labels, interval, outcome: outcomeOf(interval, threshold) };
    });
  const tested = numbers.filter(({ outcome }) => outcome !== "untested");
  const faults = [
    ...incompleteFaults(checked, threshold),
    ...untestedFaults(numbers.length - tested.length, threshold),
    ...(numbers.length === 0 ? [nothingFault(threshold, result, all)] : []),
  ];
  const isSound = tested.length > 0 && (allowIncomplete || faults.length === 0);
  const isExceeded = tested.some(({ outcome }) => outcome === "exceeded");
  const verdict = isExceeded ? "exceeded" : isSound ? "kept" : "failed";
  return { name, threshold, verdict, numbers, faults, isSound };
}

function outcomeOf(
  interval: Interval | null,
  { end, operator, bound }: Threshold,
): CheckedNumber["outcome"] {
  const value = interval?.[end] ?? null;
  if (value === null) return "untested";
  return isTrue[operator](value, bound) ? "exceeded" : "kept";
}

const isTrue: Readonly<Record<Operator, (value: number, bound: number) => boolean>> = {
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
};

function matches(filters: readonly Filter[], labels: Labels): boolean {
  return filters.every(
    ({ label, isEqual, value }) => ((labels[label] ?? "") === value) === isEqual,
  );
}

/** Of cells that the matched numbers are made of, or would be. */
function incompleteFaults(
  { result, missing }: CheckedResult,
  { kind, filters }: Threshold,
): string[] {
  const concerns = (cell: Place) =>
    kind.sources.some(
      (source) => source.measure === cell.measure && mayMatch(filters, source, cell),
    );
  const faultOf = ({ pair, corpus, measure }: Place, what: string) =>
    `${corpus}, ${pair}: ${measure} ${what}.`;
  return [
    ...result.cells.filter(concerns).flatMap((cell) => {
      const faults = cellFaults(cell);
      return faults.length === 0 && isEmptyCell(cell)
        ? [faultOf(cell, `has no ${itemName(cell)}`)]
        : faults;
    }),
    ...missing.filter(concerns).map((place) => faultOf(place, "was not measured")),
  ];
}

/** Whether a number that a cell goes into may be meant. */
function mayMatch(
  filters: readonly Filter[],
  { labels: possible, isPooled }: QuantitySource,
  { pair, corpus, category, models }: Place,
): boolean {
  const stage = models.length > 0 ? models.map((model) => model.stage) : null;
  const scopes = [{ corpus, category }, ...(isPooled ? [{ corpus: "", category: "" }] : [])];
  return scopes.some((scope) => {
    const values: QuantitySource["labels"] = {
      ...possible,
      stage,
      pair: [pair],
      corpus: [scope.corpus],
      category: [scope.category],
    };
    return filters.every((filter) => {
      const { label } = filter;
      const { [label]: given = [""] } = values;
      return given === null || given.some((value) => matches([filter], { [label]: value }));
    });
  });
}

function untestedFaults(count: number, { end }: Threshold): string[] {
  if (count === 0) return [];
  const numbers = counted(count, "number");
  return [
    end === "value"
      ? `There is nothing that ${numbers} could be of.`
      : `There is no interval of ${numbers}: a corpus has fewer than five documents.`,
  ];
}

function nothingFault(
  { kind, filters }: Threshold,
  { cells }: StudyResult,
  all: readonly { readonly labels: Labels }[],
): string {
  if (all.length === 0) {
    const measures: readonly Measure[] = kind.sources.map(({ measure }) => measure);
    const there = distinct(cells.map(({ measure }) => measure)).join(", ") || "nothing";
    return `There is no ${kind.name}, which ${distinct(measures).join(" or ")} gives; measured is ${there}.`;
  }
  const known = distinct(filters.map(({ label }) => label)).map((label) => {
    const values = distinct(all.map(({ labels }) => JSON.stringify(labels[label] ?? "")));
    return `${label} is ${values.length === 1 ? "" : "one of "}${values.join(", ")}`;
  });
  return `No ${kind.name} matches: ${known.join("; ")}.`;
}
