import { formatNumber } from "../../../analysis/presentation/format";
import type { Adapted } from "../../../formats/study/readaptation";
import type { ResultCell } from "../../../formats/study/studyResult";
import { distinct } from "../cells";
import { counted } from "../words";

/** How models were trained, a line for all that were trained alike. */
export function trainedLines({ corpus, pair, readaptation }: ResultCell): string[] {
  const trainings = readaptation?.trainings ?? [];
  return distinct(trainings.map(settingsWords)).map((words) => {
    const alike = trainings.filter((training) => settingsWords(training) === words);
    const stages = distinct(alike.map(({ stage }) => stage)).join(", ");
    return `${corpus}, ${pair}: ${words}: ${stages}`;
  });
}

function settingsWords(training: Adapted): string {
  const { rank, alpha, learningRate, weightDecay, steps, windowsPerStep, window } = training;
  const trained =
    rank === null || alpha === null
      ? "all weights"
      : `an adapter of rank ${rank} and alpha ${alpha}`;
  const windows = `${counted(windowsPerStep, "window")} of at most ${formatNumber(window, 0)} predicted tokens`;
  const measured = `measured every ${counted(training.interval, "step")}`;
  return `${trained}, trained in ${counted(steps, "step")} of ${windows} by AdamW at a constant rate of ${learningRate.toExponential()}, weight decay ${weightDecay}, ${measured}, seed ${training.seed}`;
}
