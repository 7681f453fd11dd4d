/** Every number of a study's results, computed as the figures compute it (docs/check.md). */
import type { StudyResult } from "../../formats/study/studyResult";
import type { Interval } from "../../protocol/studyFigure";
import { CALIBRATION_QUANTITIES } from "./calibrationQuantities";
import { cellsOf, distinct } from "./cells";
import { INCREASE_QUANTITIES, SURPRISAL_QUANTITIES } from "./increaseQuantities";
import { OWN_QUANTITIES } from "./ownQuantities";
import type { Quantity, QuantitySource } from "./quantity";
import {
  ANCHOR_PROBE_QUANTITIES,
  PROBE_LAYER_QUANTITIES,
  PROBE_QUANTITIES,
} from "./probes/probeQuantities";
import { READAPTATION_QUANTITIES } from "./readaptation/readaptationQuantities";
import { SAMPLE_QUANTITIES } from "./samples/sampleQuantities";
import { SHANNON_QUANTITIES } from "./shannonQuantities";
import { TRADEOFF_QUANTITIES } from "./tradeoff/tradeoffQuantities";
import { OWN_SHARPNESS_QUANTITIES, SHARPNESS_QUANTITIES } from "./sharpnessQuantities";

const SOURCES: readonly QuantitySource[] = [
  INCREASE_QUANTITIES,
  SURPRISAL_QUANTITIES,
  SHARPNESS_QUANTITIES,
  OWN_SHARPNESS_QUANTITIES,
  OWN_QUANTITIES,
  CALIBRATION_QUANTITIES,
  SHANNON_QUANTITIES,
  SAMPLE_QUANTITIES,
  PROBE_QUANTITIES,
  PROBE_LAYER_QUANTITIES,
  ANCHOR_PROBE_QUANTITIES,
  READAPTATION_QUANTITIES,
  TRADEOFF_QUANTITIES,
];

/** Labels that every number has, in the order in which they are shown. */
export const COMMON_LABELS: readonly string[] = ["pair", "stage", "corpus", "category"];

/** What may be asked of results by one name. */
export interface QuantityKind {
  readonly name: string;
  readonly unit: string;
  /** In the order in which they are shown. */
  readonly labels: readonly string[];
  readonly sources: readonly QuantitySource[];
}

/** By name. */
export const QUANTITY_KINDS: ReadonlyMap<string, QuantityKind> = new Map(
  distinct(SOURCES.flatMap(({ units }) => Object.keys(units))).map((name) => {
    const sources = SOURCES.filter(({ units }) => name in units);
    const further = distinct(sources.flatMap(({ labels }) => Object.keys(labels)));
    const [first] = sources;
    return [
      name,
      { name, unit: first!.units[name]!, labels: [...COMMON_LABELS, ...further], sources },
    ];
  }),
);

/** Labels of all kinds, in the order in which they are shown. */
export const ALL_LABELS: readonly string[] = distinct(
  [...QUANTITY_KINDS.values()].flatMap(({ labels }) => labels),
);

/** All numbers of a kind. */
export function quantitiesOf(result: StudyResult, kind: QuantityKind): Quantity[] {
  return kind.sources
    .flatMap(({ measure, of }) => of(cellsOf(result, measure)))
    .filter(({ name }) => name === kind.name);
}

/** A number in long form. */
export interface QuantityRow {
  readonly quantity: string;
  readonly labels: Quantity["labels"];
  /** null: there is none. */
  readonly interval: Interval | null;
  readonly unit: string;
}

/** Every number of the results. */
export function quantityRows(result: StudyResult): QuantityRow[] {
  return [...QUANTITY_KINDS.values()].flatMap((kind) =>
    quantitiesOf(result, kind).map((quantity) => ({
      quantity: kind.name,
      labels: quantity.labels,
      interval: knownInterval(quantity),
      unit: kind.unit,
    })),
  );
}

/** A number and its interval; null where there is none, as of 0 / 0. */
export function knownInterval({ interval }: Quantity): Interval | null {
  const computed = interval();
  if (computed === null || Number.isNaN(computed.value)) return null;
  const end = (value: number | null) => (value === null || Number.isNaN(value) ? null : value);
  return { value: computed.value, low: end(computed.low), high: end(computed.high) };
}
