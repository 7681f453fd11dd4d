import type { Measured } from "./measured";
import type { RoleSummary, Summary } from "./summary";

export interface ReportData {
  readonly uri: string;
  /** Shown as the title. */
  readonly name: string;
  readonly summary: Summary;
  readonly concentrationKs: readonly number[];
  readonly base: RoleReport | null;
  readonly rlhf: RoleReport | null;
  /** Segments, at most 2,000 (evenly drawn): bits under both, and where they stand. */
  readonly scatter: readonly {
    readonly base: number;
    readonly rlhf: number;
    readonly start: number;
    readonly endExclusive: number;
    readonly text: string;
  }[];
}

/** The report of a document, and what it was measured with. */
export interface DocumentReport extends ReportData {
  readonly measured: Measured;
}

/** One model's part of the report panel. */
export interface RoleReport {
  readonly summary: RoleSummary;
  /** Tokens by surprisal, bins of one bit: `[0,1), [1,2), …`, the last one open. */
  readonly histogram: readonly number[];
  /** null: not measured. */
  readonly sharpness: SharpnessReport | null;
  /** Running mean of surprisal in bits over up to 500 equal stretches of text; `offset` is UTF-16. */
  readonly running: readonly { readonly offset: number; readonly bits: number }[];
}

/** How sharp a model's distributions are: means over all scored tokens (paper §3), NaN where nothing is. */
export interface SharpnessReport {
  /** Mean C(k) for `concentrationKs`, 0 .. 1. */
  readonly concentration: readonly number[];
  /** Mean number of entries with p > 1e-8. */
  readonly coverage: number;
  /** Coverage in per cent of the vocabulary. */
  readonly coveragePercent: number;
  readonly meanEntropyBits: number;
}
