import type { TextScores } from "../../src/protocol/textScores";
import { CONCENTRATION_KS, type ModelFacts, type TokenColumns } from "../../src/protocol/scores";

/** A token written down: its text (or range) and bits; null: not scored. */
export interface TokenRow {
  readonly text: string;
  readonly bits: number | null;
  readonly rank?: number;
  /** Where it is not what follows the token before it. */
  readonly range?: readonly [start: number, endExclusive: number];
}

export const FACTS: ModelFacts = {
  path: "/models/story.gguf",
  adapter: null,
  identity: { sha256: null, stamp: "story" },
  adapterFacts: null,
  name: "story",
  architecture: "llama",
  quantisation: "Q8_0",
  bitsPerWeight: 8.5,
  sizeBytes: 1000,
  parameters: 900,
  trainedContext: 512,
  vocabularySize: 600,
  tokenizer: "BPE",
  tokenizerDigest: "a",
  addsBos: true,
  tokenizerFaults: [],
  hasChatTemplate: false,
  device: "CPU",
  memoryBytes: 2000,
  attention: "flash",
  batch: 64,
  engineVersion: "0.5.0",
};

/** The same scores where nobody asked for distributions. */
export function withoutDistribution(scores: TextScores): TextScores {
  return { ...scores, columns: { ...scores.columns, distribution: null } };
}

/** Scores as scoring a text yields them, from rows written by hand. */
export function scoresOf(rows: readonly TokenRow[], facts: Partial<ModelFacts> = {}): TextScores {
  return {
    model: { ...FACTS, ...facts },
    settings: {
      mode: "strided",
      window: 512,
      stride: 256,
      maxWindows: 0,
      bos: (facts.addsBos ?? FACTS.addsBos) ? "on" : "off",
    },
    columns: columnsOf(rows),
    scoredRange: { start: 0, endExclusive: rows.length },
    complete: true,
    prompt: null,
  };
}

function columnsOf(rows: readonly TokenRow[]): TokenColumns {
  const count = rows.length;
  const ranges: (readonly [number, number])[] = [];
  for (const { text, range } of rows) {
    const start = ranges.at(-1)?.[1] ?? 0;
    ranges.push(range ?? [start, start + text.length]);
  }
  return {
    count,
    start: Uint32Array.from(ranges, ([start]) => start),
    endExclusive: Uint32Array.from(ranges, ([, end]) => end),
    id: Int32Array.from(rows, (_, i) => i),
    flags: new Uint8Array(count),
    withoutToken: 0,
    logProbability: Float64Array.from(rows, ({ bits }) => (bits === null ? NaN : -bits * Math.LN2)),
    distribution: {
      rank: Uint32Array.from(rows, ({ bits, rank }) => (bits === null ? 0 : (rank ?? 1))),
      entropy: new Float32Array(count).fill(Math.LN2),
      coverage: new Uint32Array(count).fill(300),
      concentration: new Uint16Array(count * CONCENTRATION_KS.length).fill(65535),
      topK: 1,
      topId: new Int32Array(count),
      topLogProbability: new Float32Array(count).fill(-Math.LN2),
    },
  };
}
