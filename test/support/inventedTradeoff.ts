import { seededRandom } from "../../src/analysis/statistics/random";
import type { ResultCell } from "../../src/formats/study/studyResult";
import type { Tradeoff, TradeoffRound } from "../../src/formats/study/tradeoff";
import { promptRow } from "./studySamples";

export const NO_TRADEOFF = { tradeoff: null };

/** A model that loses on held-out documents what it gains in scores, over three rounds; a prompt for each document. */
export function inventedTradeoff(documents: number): Pick<ResultCell, "tradeoff" | "prompts"> {
  const random = seededRandom(11);
  const numbers = Array.from({ length: documents }, (_, i) => i);
  const corpora = ["C4", "HH"];
  const tokens = corpora.map(() => numbers.map(() => 50 + Math.floor(100 * random())));
  const roundOf = (round: number): TradeoffRound => ({
    round,
    trained:
      round === 0
        ? null
        : {
            steps: 2,
            tokens: 900,
            prompts: [documents],
            drawn: [-2 + 0.1 * round],
            preferred: [-1 + 0.1 * round],
            loss: [3, 2.9],
          },
    losses: tokens.map((of) => of.map((count) => count * (3 + 0.1 * round + random() / 10))),
    own: numbers.map((prompt) => ({
      prompt,
      tokens: 480,
      top1: 0.3 + 0.05 * round + random() / 50,
      entropyBits: 4 - 0.3 * round + random() / 10,
      score: -2 + 0.1 * round + random() / 20,
      text: `what was written in round ${round}`,
    })),
    samples: numbers.map((prompt) => ({
      ...promptRow(`round ${round}`, prompt),
      sharing: [2 + round, 1 + round, 1, 1],
      anchorShare: Array.from({ length: 100 }, () => 0.1 * round),
    })),
  });
  const tradeoff: Tradeoff = {
    stage: "base",
    scorer: "rlhf",
    judge: null,
    bestOf: 8,
    topP: 0.9,
    maxTokens: 64,
    samples: 24,
    weights: "all",
    rank: null,
    alpha: null,
    learningRate: 5e-5,
    weightDecay: 0.01,
    epochs: 1,
    windowsPerStep: 4,
    window: 256,
    seed: 1,
    prompts: { train: [documents], measured: numbers },
    heldOut: corpora.map((corpus, i) => ({
      corpus,
      documents: numbers.map((number) => `${corpus}#${number}`),
      tokens: tokens[i]!,
    })),
    rounds: [0, 1, 2, 3].map(roundOf),
    file: "0123-round-3-model.gguf",
    fileSha256: "0123",
  };
  const prompts = [...numbers, documents].map((i) => ({
    text: `How ${i}?`,
    kind: null,
    run: null,
  }));
  return { tradeoff, prompts };
}
