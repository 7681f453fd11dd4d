/** One round: the model of the round before draws, is trained on what is preferred, and is measured. */
import { mean } from "../../../analysis/statistics/mean";
import type {
  OwnFindings,
  Tradeoff,
  TradeoffRound,
  TrainedOn,
} from "../../../formats/study/tradeoff";
import { drawToTrain } from "./drawToTrain";
import { heldOutLosses } from "./heldOutLosses";
import { findInSamples, type FoundInSamples } from "./measuredPrompts";
import { scoreDrafts, type Scores } from "./scoreDrafts";
import type { RoundWork } from "./tradeoffWork";
import { trainRound } from "./trainRound";

/** What is held out is the same each round. */
export interface MeasuredRound extends Pick<Tradeoff, "heldOut"> {
  readonly round: TradeoffRound;
}

/** @throws EngineError where a model can't be used or trained, or `Cancelled`; CorpusError; the file system's error */
export async function measureRound(work: RoundWork): Promise<MeasuredRound> {
  const trained = work.round === 0 ? null : await train(work);
  const { heldOut, losses } = await heldOutLosses(work);
  const found = await findInSamples(work);
  const own = await scored(work, found);
  return {
    round: {
      round: work.round,
      trained,
      losses,
      own,
      samples: found.map(({ row }) => row),
    },
    heldOut,
  };
}

async function train(work: RoundWork): Promise<TrainedOn> {
  const { share } = work;
  const drafted = await drawToTrain(work);
  const scores = await scoreDrafts(work, "train", drafted, (of) => share.at("score", of));
  return trainRound(work, drafted, scores);
}

async function scored(work: RoundWork, found: readonly FoundInSamples[]): Promise<OwnFindings[]> {
  const drafted = found.map(({ row, drafts }) => ({ prompt: row.prompt, drafts }));
  const share = (of: number) => work.share.at("scoreOwn", of);
  const scores = await scoreDrafts(work, "measure", drafted, share);
  return found.map(({ row, drafts, tokens, top1, entropyBits }, i) => ({
    prompt: row.prompt,
    ...{ tokens, top1, entropyBits },
    score: meanOf(scores[i]!),
    text: drafts[0]?.text ?? "",
  }));
}

function meanOf(scores: Scores): number | null {
  const known = scores.filter((score) => score !== null);
  return known.length === 0 ? null : mean(known);
}
