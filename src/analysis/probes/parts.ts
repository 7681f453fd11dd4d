import { seededRandom } from "../statistics/random";
import { shuffled } from "../statistics/shuffle";
import type { TokenRows } from "./tokenRows";

/** What a unit's positions are for: to fit a probe, to choose how it is fitted, or to report how well it does. */
export const PARTS = ["fit", "choose", "report"] as const;
export type Part = (typeof PARTS)[number];

/** Shares of the units that choose and that report (a choice); the others fit. */
const CHOOSE = 0.2;
const REPORT = 0.2;

/** Units that a division into three parts needs. */
export const FEWEST_UNITS = 3;

/**
 * Divides units, each as a whole, so that nothing that is reported has been seen before. Their order follows from the seed alone,
 * so that nearly the same units report of texts by several writers, of which some may lack a unit.
 * @param units how many
 * @param isUsable the others, which have nothing that can be predicted, count for no part; at least {@link FEWEST_UNITS} are
 * @returns `[unit]`
 */
export function partsOfUnits(
  units: number,
  seed: number,
  isUsable: (unit: number) => boolean,
): Part[] {
  const order = shuffled([...Array(units).keys()], seededRandom(seed)).filter(isUsable);
  const choose = Math.max(1, Math.round(CHOOSE * order.length));
  const report = Math.max(1, Math.round(REPORT * order.length));
  const parts = Array<Part>(units).fill("fit");
  order.slice(0, report).forEach((unit) => (parts[unit] = "report"));
  order.slice(report, report + choose).forEach((unit) => (parts[unit] = "choose"));
  return parts;
}

/** Rows by the part of their unit, in their order. */
export function rowsByPart(
  { window, unitOf }: TokenRows,
  rows: Uint32Array,
  parts: readonly Part[],
): Record<Part, Uint32Array> {
  const of = (part: Part) => rows.filter((row) => parts[unitOf[window[row]!]!] === part);
  return { fit: of("fit"), choose: of("choose"), report: of("report") };
}
