/** What a cell's probes come to: how often they are right, and how much more often than the best control. */
import { accuracySums, bestOf, excessSums } from "../../../analysis/probes/excess";
import type { Sums } from "../../../analysis/statistics/bootstrap";
import {
  PROBE_CONTROLS,
  type ProbedText,
  type ProbeMethod,
  type ProbeRow,
  type Probes,
} from "../../../formats/study/probes";
import type { Interval } from "../../../protocol/studyFigure";
import { overDocuments, pooledMean } from "../overDocuments";
import { remembered } from "./remembered";

/** What predictions are held against: the token that stands there, or the reader's own first choice there. */
export const TARGETS = ["text", "own"] as const;
export type Target = (typeof TARGETS)[number];

/** Methods that read states, which controls are held against. */
export const PROBES = ["ridge", "lens"] as const satisfies readonly ProbeMethod[];
export type Probe = (typeof PROBES)[number];

/** Of one probe on the part that reports. */
export interface Claim {
  readonly text: ProbedText;
  readonly row: ProbeRow;
  readonly target: Target;
  /** The best on the part that chooses; null: there is no control. */
  readonly control: ProbeRow | null;
}

/** What tells a text's rows of one distance apart. */
interface Wanted {
  readonly method: ProbeMethod;
  readonly ahead: number;
  readonly layer: number;
}

/** Of a cell, or of one text alone. */
interface ProbeRows {
  readonly rows: readonly ProbeRow[];
}

/** null: there is no such probe, or no position to report of. */
export function claimOf(
  probes: ProbeRows,
  text: ProbedText,
  { method, ahead, layer }: Wanted,
  target: Target,
): Claim | null {
  const of = rowsOf(probes, text).filter((row) => row.ahead === ahead);
  const row = of.find((one) => one.method === method && one.layer === layer);
  if (!row || positionsOf(text) === 0) return null;
  const controls = of.filter((one) => PROBE_CONTROLS.some((control) => control === one.method));
  return { text, row, target, control: bestOf(controls, ({ choose }) => choose[target]) };
}

/** Of the part that reports. */
export function positionsOf({ report }: ProbedText): number {
  return report.positions.reduce((sum, count) => sum + count, 0);
}

/** All probes and controls of a text. */
export function rowsOf({ rows }: ProbeRows, { writer, reader }: ProbedText): ProbeRow[] {
  return rows.filter((row) => row.writer === writer && row.reader === reader);
}

/** Distances that a cell has probes of, ascending. */
export function aheadsOf({ rows }: ProbeRows): number[] {
  const probed = rows.filter(({ method }) => PROBES.some((probe) => probe === method));
  return [...new Set(probed.map(({ ahead }) => ahead))].sort((a, b) => a - b);
}

/** Those that figures draw: 0 is the next token, which a table has as a check. */
export function drawnAheads(probes: Probes): number[] {
  const all = aheadsOf(probes);
  const later = all.filter((ahead) => ahead > 0);
  return later.length > 0 ? later : all;
}

export function probeSums({ text, row, target }: Claim): Sums[] {
  return accuracySums(row.report[target], text.report.positions);
}

/** null: there is no control. */
export function beyondSums({ text, row, target, control }: Claim): Sums[] | null {
  if (control === null) return null;
  return excessSums(row.report[target], control.report[target], text.report.positions);
}

/** How often the probe is right, a share. */
export function shareOf(claim: Claim): number {
  return pooledMean(probeSums(claim));
}

/** How often its best control is; null: there is none. */
export function controlShareOf(claim: Claim): number | null {
  const control = controlClaim(claim);
  return control && shareOf(control);
}

function controlClaim({ control, ...claim }: Claim): Claim | null {
  return control && { ...claim, row: control, control: null };
}

/** {@link shareOf} with its interval. */
export const accuracyOf = remembered((claim: Claim) => overDocuments([probeSums(claim)]));

/** {@link controlShareOf} with its interval. */
export function controlOf(claim: Claim): Interval | null {
  const control = controlClaim(claim);
  return control && accuracyOf(control);
}

/** The difference of both, paired within units. */
export const beyondOf = remembered((claim: Claim) => {
  const sums = beyondSums(claim);
  return sums && overDocuments([sums]);
});
