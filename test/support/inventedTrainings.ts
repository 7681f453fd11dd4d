import { type Generator } from "../../src/analysis/statistics/random";
import type { Adapted, Readaptation } from "../../src/formats/study/readaptation";
import { TRAINED_WEIGHTS } from "../../src/formats/study/readaptationSettings";

/** Trainings of stages that come nearer to each other, by tokens of documents that are drawn. */
export function inventedTrainings(
  stages: readonly string[],
  documents: number,
  random: Generator,
): { readaptation: Readaptation } {
  const tokens = Array.from({ length: documents }, () => 50 + Math.floor(100 * random()));
  const trainings = TRAINED_WEIGHTS.flatMap((weights, kind) =>
    stages.map((stage, place): Adapted => {
      const [before, after] = [3 + 0.4 * place, 2.8 + 0.3 * place - 0.1 * kind];
      const losses = (mean: number) => tokens.map((count) => count * (mean + random() / 10));
      return {
        stage,
        weights,
        ...(weights === "all" ? { rank: null, alpha: null } : { rank: 8, alpha: 16 }),
        learningRate: 2e-4,
        weightDecay: 0,
        steps: 2,
        windowsPerStep: 4,
        window: 256,
        interval: 2,
        seed: 1,
        tokens: 2048,
        epochs: 1.5,
        trainLoss: [before, after],
        curve: [
          { step: 0, choose: before, report: before },
          { step: 2, choose: after, report: after },
        ],
        chosenStep: 2,
        report: { tokens, before: losses(before), after: losses(after) },
        file: `0123-${weights}.gguf`,
      };
    }),
  );
  return {
    readaptation: {
      documents: { train: 8 * documents, choose: documents, report: documents },
      trainings,
    },
  };
}
