import type { Adapted } from "../../../formats/study/readaptation";
import type { Adaptation } from "../../adaptation/adapt";
import type { AdaptationPlan } from "../../adaptation/planAdaptation";
import type { AdaptationSettings } from "../../adaptation/settings";

/** A training as results have it: what was asked for, and what came of it. */
export function describeTraining(
  { weights, learningRate, weightDecay, steps, windowsPerStep, seed }: AdaptationSettings,
  { length: window, interval }: AdaptationPlan,
  { tokens, texts, trainLoss, curve, chosenStep, byDocument }: Adaptation,
): Omit<Adapted, "stage" | "file"> {
  return {
    ...(weights === "all" ? ALL_WEIGHTS : { weights: "lora", ...weights }),
    ...{ learningRate, weightDecay, steps, windowsPerStep, window, interval, seed },
    tokens,
    epochs: texts.train.epochs,
    trainLoss: [...trainLoss],
    curve: curve.map(({ step, choose, report }) => ({
      step,
      choose: choose.loss,
      report: report.loss,
    })),
    chosenStep,
    report: {
      tokens: byDocument.map(({ tokens: of }) => of),
      before: byDocument.map(({ before }) => before),
      after: byDocument.map(({ after }) => after),
    },
  };
}

const ALL_WEIGHTS = { weights: "all", rank: null, alpha: null } as const;
