/** A study's results with invented sums, of every measure. */
import { CALIBRATION_CELLS, calibrationCell } from "../../src/analysis/scores/calibration";
import { seededRandom } from "../../src/analysis/statistics/random";
import { COLUMNS } from "../../src/formats/study/rows";
import {
  type Group,
  type ResultCell,
  type ResultModel,
  SAMPLERS,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import type { Measure } from "../../src/formats/study/studySchema";
import { CONCENTRATION_KS } from "../../src/protocol/scores";
import { inventedProbes, NO_PROBES } from "./inventedProbes";
import { inventedTradeoff, NO_TRADEOFF } from "./inventedTradeoff";
import { inventedTrainings } from "./inventedTrainings";
import { inventedSamples, NO_SAMPLES } from "./inventedSamples";

const STAGES = ["base", "rlhf", "sft"];

/** Two corpora under a pair with one stage more, whose tokenizer is another; each of so many documents. */
export function inventedResult(documents = 6): StudyResult {
  const random = seededRandom(5);
  const between = (low: number, high: number) => low + (high - low) * random();
  const stageRows = (row: () => number[]) =>
    Object.fromEntries(STAGES.map((stage) => [stage, row()]));

  const surprisal = () => {
    const tokens = Math.floor(between(50, 400));
    return [tokens, tokens - 1, tokens * between(4, 6), tokens * 4, tokens * 0.8];
  };
  const against = () => {
    const tokens = Math.floor(between(50, 400));
    return [tokens - 2, tokens, tokens + 3, tokens * between(4, 5), tokens * between(4.5, 6)];
  };
  const sharpness = () => {
    const scored = Math.floor(between(50, 400));
    const first = between(0.3, 0.6);
    const rising = CONCENTRATION_KS.map((k) => scored * (1 - (1 - first) / k));
    return [scored, scored * between(3, 5), scored * between(100, 300), ...rising];
  };
  const calibration = () => {
    const [counts, hits, sums] = [0, 1, 2].map(() => new Array<number>(CALIBRATION_CELLS).fill(0));
    for (let token = 0; token < 200; token++) {
      const probability = random();
      const cell = calibrationCell(probability);
      counts![cell]! += 1;
      sums![cell]! += probability;
      if (random() < 0.8 * probability) hits![cell]! += 1;
    }
    return [...counts!, ...hits!, ...sums!];
  };
  const shannon = () => {
    const tokens = Math.floor(between(1, 4));
    return [
      1,
      Math.round(random()),
      random(),
      tokens,
      Math.min(tokens, 1),
      9 * random(),
      12 * random(),
    ];
  };
  const own = () => ({
    stages: Object.fromEntries(
      STAGES.flatMap((stage) => SAMPLERS.map((sampler) => [`${stage}, ${sampler}`, sharpness()])),
    ),
    against: Object.fromEntries(
      STAGES.flatMap((writer) =>
        SAMPLERS.flatMap((sampler) =>
          STAGES.map((reader) => [`${writer}, ${sampler}, read by ${reader}`, surprisal()]),
        ),
      ),
    ),
  });
  const NUMBERS: Record<Measure, () => Pick<Group, "stages" | "against">> = {
    perplexity: () => ({
      stages: stageRows(surprisal),
      against: { rlhf: against(), sft: against() },
    }),
    concentration: () => ({ stages: stageRows(sharpness), against: {} }),
    calibration: () => ({ stages: stageRows(calibration), against: {} }),
    own,
    shannon: () => ({ stages: stageRows(shannon), against: {} }),
    samples: () => ({ stages: {}, against: {} }),
    probes: () => ({ stages: {}, against: {} }),
    readaptation: () => ({ stages: {}, against: {} }),
    tradeoff: () => ({ stages: {}, against: {} }),
  };

  const cell = (
    corpus: string,
    category: ResultCell["category"],
    measure: Measure,
  ): ResultCell => ({
    pair: "twins",
    corpus,
    category,
    standsFor: null,
    measure,
    dependsOn: "0",
    isComplete: true,
    models: STAGES.map((stage) => modelOf(stage, measure)),
    read: { documents, bytes: 1, sha256: "1", files: 1, isCut: false, sources: [], skipped: [] },
    measured: documents,
    failed: [],
    groupSize: 1,
    columns: { stages: [...COLUMNS[measure].stages], against: [...COLUMNS[measure].against] },
    groups: Array.from({ length: WITHOUT_GROUPS.includes(measure) ? 0 : documents }, (_, i) => ({
      document: `${corpus}#${i}`,
      documents: 1,
      ...NUMBERS[measure](),
    })),
    texts: [],
    ...(measure === "samples" ? inventedSamples(documents) : NO_SAMPLES),
    ...(measure === "probes" ? probed(category === "chat", documents) : NO_PROBES),
    ...(measure === "readaptation" ? inventedTrainings(STAGES, documents, random) : NOT_ADAPTED),
    ...(measure === "tradeoff" ? inventedTradeoff(documents) : NO_TRADEOFF),
  });
  const measures = Object.keys(NUMBERS) as Measure[];
  return {
    format: "twinlens-study-results",
    version: 1,
    twinlensVersion: "1.2.3",
    study: "invented",
    cells: [
      ...measures.map((measure) => cell("C4", "pretraining", measure)),
      ...measures.map((measure) => cell("HH", "chat", measure)),
    ],
  };
}

const WITHOUT_GROUPS: readonly Measure[] = ["samples", "probes", "readaptation", "tradeoff"];

const WINDOWS = { mode: "strided", window: 256, stride: 128, maxWindows: 0, bos: "auto" } as const;

const NOT_ADAPTED = { readaptation: null };

/** Of a set of prompts, or of documents. */
function probed(isOfPrompts: boolean, units: number) {
  const unit = isOfPrompts ? "prompt" : "document";
  return inventedProbes({ unit, units, stages: STAGES.slice(0, 2), isWhole: isOfPrompts });
}

function modelOf(stage: string, measure: Measure): ResultModel {
  return {
    stage,
    name: `model ${stage}`,
    sha256: stage,
    quantisation: "F16",
    bitsPerWeight: 16,
    parameters: 1000,
    vocabularySize: 512,
    tokenizer: "BPE",
    tokenizerDigest: stage === "sft" ? "other" : "same",
    addsBos: true,
    device: "CPU",
    attention: "plain",
    batch: 512,
    engineVersion: "1",
    windows: measure === "readaptation" ? null : WINDOWS,
  };
}
