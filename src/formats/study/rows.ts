/**
 * What a study keeps of a document, by measure: lists of sums, so that the numbers of several documents are those of each
 * added up.
 */
import { CALIBRATION_CELLS, type Calibration } from "../../analysis/scores/calibration";
import type { CommonSums } from "../../analysis/scores/commonText";
import type { SharpnessSums } from "../../analysis/scores/sharpness";
import type { Surprisal } from "../../analysis/scores/surprisal";
import { CONCENTRATION_KS } from "../../protocol/scores";
import type { Measure } from "./studySchema";

/** Names of the numbers, in their order. */
interface Columns {
  /** Of each model. */
  readonly stages: readonly string[];
  /** Of each model against the base. */
  readonly against: readonly string[];
}

const SHARPNESS_COLUMNS = [
  "scored",
  "entropyBits",
  "coverage",
  ...CONCENTRATION_KS.map((k) => `c${k}`),
];
const cells = (name: string) => Array.from({ length: CALIBRATION_CELLS }, (_, i) => `${name}${i}`);

const SURPRISAL_COLUMNS = ["tokens", "scored", "bits", "bytes", "words"];

export const COLUMNS: Readonly<Record<Measure, Columns>> = {
  perplexity: {
    stages: SURPRISAL_COLUMNS,
    against: ["segments", "baseTokens", "tokens", "baseBits", "bits"],
  },
  concentration: { stages: SHARPNESS_COLUMNS, against: [] },
  calibration: { stages: [...cells("tokens"), ...cells("hits"), ...cells("sum")], against: [] },
  // By who wrote and how; and by who wrote, how and who read.
  own: { stages: SHARPNESS_COLUMNS, against: SURPRISAL_COLUMNS },
  // Has rows of its own, `drawnSamples.ts`.
  samples: { stages: [], against: [] },
  // Likewise, `probes.ts`.
  probes: { stages: [], against: [] },
  // And `readaptation.ts`.
  readaptation: { stages: [], against: [] },
  // And `tradeoff.ts`.
  tradeoff: { stages: [], against: [] },
  shannon: {
    stages: ["passages", "exact", "f1", "tokens", "firstChoices", "guesses", "bits"],
    against: [],
  },
};

/** How well a model predicts some text. */
export type SurprisalSums = Pick<Surprisal, "scoredTokens" | "bits" | "bytes" | "words"> & {
  readonly tokens: number;
};

export function surprisalRow(sums: SurprisalSums): number[] {
  return [sums.tokens, sums.scoredTokens, sums.bits, sums.bytes, sums.words];
}

export function surprisalOf(row: readonly number[]): SurprisalSums {
  const [tokens, scoredTokens, bits, bytes, words] = row;
  return {
    tokens: tokens ?? 0,
    scoredTokens: scoredTokens ?? 0,
    bits: bits ?? 0,
    bytes: bytes ?? 0,
    words: words ?? 0,
  };
}

export function commonRow(common: CommonSums): number[] {
  const { segmentCount, baseTokens, rlhfTokens, base, rlhf } = common;
  return [segmentCount, baseTokens, rlhfTokens, base, rlhf];
}

export function commonOf(row: readonly number[], unit: CommonSums["unit"]): CommonSums {
  const [segmentCount, baseTokens, rlhfTokens, base, rlhf] = row;
  return {
    unit,
    segmentCount: segmentCount ?? 0,
    baseTokens: baseTokens ?? 0,
    rlhfTokens: rlhfTokens ?? 0,
    base: base ?? 0,
    rlhf: rlhf ?? 0,
  };
}

export function sharpnessRow(sums: SharpnessSums): number[] {
  return [sums.scored, sums.entropyBits, sums.coverage, ...sums.concentration];
}

export function sharpnessOf(row: readonly number[]): SharpnessSums {
  const [scored, entropyBits, coverage, ...concentration] = row;
  return {
    scored: scored ?? 0,
    entropyBits: entropyBits ?? 0,
    coverage: coverage ?? 0,
    concentration,
  };
}

export function calibrationRow({ counts, hits, sums }: Calibration): number[] {
  return [...counts, ...hits, ...sums];
}

export function calibrationOf(row: readonly number[]): Calibration {
  const part = (i: number) => row.slice(i * CALIBRATION_CELLS, (i + 1) * CALIBRATION_CELLS);
  return { counts: part(0), hits: part(1), sums: part(2) };
}

/** What a model made of the last words of passages. */
export interface ShannonSums {
  readonly passages: number;
  /** Words that it said exactly. */
  readonly exact: number;
  /** Of each word, 0 .. 1. */
  readonly f1: number;
  /** Target tokens. */
  readonly tokens: number;
  /** Those that were its first choice. */
  readonly firstChoices: number;
  /** Wrong ones before the target tokens. */
  readonly guesses: number;
  /** Of the target tokens. */
  readonly bits: number;
}

export function shannonRow(sums: ShannonSums): number[] {
  const { passages, exact, f1, tokens, firstChoices, guesses, bits } = sums;
  return [passages, exact, f1, tokens, firstChoices, guesses, bits];
}

export function shannonOf(row: readonly number[]): ShannonSums {
  const [passages, exact, f1, tokens, firstChoices, guesses, bits] = row;
  return {
    passages: passages ?? 0,
    exact: exact ?? 0,
    f1: f1 ?? 0,
    tokens: tokens ?? 0,
    firstChoices: firstChoices ?? 0,
    guesses: guesses ?? 0,
    bits: bits ?? 0,
  };
}

/** Of two neighbours together. */
export function addedRows(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}
