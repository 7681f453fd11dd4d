import type { ResultCell } from "../../../formats/study/studyResult";
import { counted } from "../words";
import { preferredWords } from "./scorerWords";

/** How a model came to learn from itself, a line for each cell. */
export function tradeoffLines({ corpus, pair, tradeoff }: ResultCell): string[] {
  if (!tradeoff) return [];
  const { stage, judge, topP, maxTokens, epochs, learningRate, seed } = tradeoff;
  const judged = judge
    ? ` (${judge.name}, SHA-256 ${judge.sha256}, asked "${judge.question}")`
    : "";
  const drawn = `${preferredWords(tradeoff)}${judged} (p ${topP}, at most ${counted(maxTokens, "token")})`;
  const weights =
    tradeoff.rank === null || tradeoff.alpha === null
      ? "all weights"
      : `an adapter of rank ${tradeoff.rank} and alpha ${tradeoff.alpha}`;
  const trained = `${weights}, ${counted(epochs, "pass", "passes")} over them a round, ${counted(tradeoff.windowsPerStep, "window")} of at most ${counted(tradeoff.window, "token")} a step, AdamW at a constant rate of ${learningRate.toExponential()}, weight decay ${tradeoff.weightDecay}`;
  const measured = `${counted(tradeoff.samples, "sample")} of each measured prompt, seed ${seed}`;
  return [
    `${corpus}, ${pair}: ${stage} is trained on samples of its own, ${drawn}: ${trained}; ${measured}`,
  ];
}
