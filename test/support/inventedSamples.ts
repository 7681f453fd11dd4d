/** Samples of a study with invented numbers. */
import { seededRandom } from "../../src/analysis/statistics/random";
import type { PromptSamples, Writer } from "../../src/formats/study/drawnSamples";
import type { ResultCell } from "../../src/formats/study/studyResult";
import { promptRow } from "./studySamples";

type Drawn = Pick<ResultCell, "writers" | "prompts" | "samples" | "chance">;

export const NO_SAMPLES: Drawn = { writers: [], prompts: [], samples: [], chance: {} };

const SAMPLES = 20;

/** What both models, at several nuclei, and a control drew of so many prompts, of two kinds. */
export function inventedSamples(prompts: number): Drawn {
  const random = seededRandom(9);
  const writers = [
    writer("base", 0.7, "compared"),
    writer("rlhf", 0.9, "compared"),
    writer("base", 0.4, "sweep"),
    writer("base", 0.55, "search"),
    { ...writer("base", 0.7, "seed"), key: "base, p 0.7, seed 2", seed: 2 },
  ];
  const numbers = Array.from({ length: prompts }, (_, i) => i);
  return {
    writers,
    prompts: numbers.map((i) => ({
      text: `Prompt ${i}`,
      kind: i % 2 === 0 ? "generic" : "writing",
      run: `0-${i}.twinlens.json`,
    })),
    samples: writers.flatMap((one) => numbers.map((prompt) => rowOf(one, prompt, random))),
    chance: {},
  };
}

function writer(stage: string, topP: number, purpose: Writer["purpose"]): Writer {
  return { key: `${stage}, p ${topP}`, stage, purpose, topP, seed: 1, maxTokens: 64, frame: null };
}

function rowOf(one: Writer, prompt: number, random: () => number): PromptSamples {
  const level = one.stage === "base" ? one.topP! / 2 : 0.25;
  const curve = () => Array.from({ length: 100 }, () => 0.2 * random());
  return promptRow(one.key, prompt, {
    samples: SAMPLES,
    compared: SAMPLES,
    diversity: [1, 2, 3, 4].map((n) => level + 0.1 * n + 0.01 * random()),
    sharing: [12, 8, 2, 0],
    tenGrams: [0, 300, 20, 4, 1],
    overlap: curve(),
    alignedShare: curve(),
    anchorShare: curve(),
    entropyBits: curve().map((bits, i) => (i === 3 ? null : 10 * bits)),
    anchors: [4 * random(), 4 * random()].map((bits, i) => ({
      text: `anchor ${i} of prompt ${prompt}, which is long enough`,
      share: 0.3,
      middle: 0.2 + 0.5 * i,
      bits: { base: 2 * bits, rlhf: bits },
    })),
  });
}
