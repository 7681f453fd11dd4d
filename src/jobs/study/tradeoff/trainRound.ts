/** A round's training, on what is preferred of each training prompt's samples. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { mean } from "../../../analysis/statistics/mean";
import type { LoadedModel } from "../../../engine/engine";
import { EngineError } from "../../../engine/errors";
import { joinedTokens } from "../../../engine/joinedTokens";
import type { TrainingPiece, TrainRequest } from "../../../engine/training";
import type { TrainedOn } from "../../../formats/study/tradeoff";
import { trainedAnew } from "../../adaptation/trainedAnew";
import { epochSteps } from "../../adaptation/trainingSteps";
import type { HeldModel } from "../../scoring/scoreWindow";
import { type Draft, drawersPrompt } from "./drafts";
import { preferred } from "./prefer";
import type { Drafted, Scores } from "./scoreDrafts";
import type { RoundWork } from "./tradeoffWork";

/** A sample that is trained on. */
interface Chosen {
  readonly prompt: number;
  readonly draft: Draft;
  readonly score: number;
  /** Mean over all samples of its prompt that have one. */
  readonly drawn: number;
}

const takenSchema = z.object({ tokens: z.int(), loss: z.array(z.number()) });

/**
 * Trains the model of the round before, and leaves this round's weights in their file.
 * @param scores `[prompt][sample]`
 * @throws EngineError as of `Engine.train`, and `TextTooShort` where no sample has a score
 */
export async function trainRound(
  work: RoundWork,
  drafted: readonly Drafted[],
  scores: readonly Scores[],
): Promise<TrainedOn> {
  const { round, journal, folder, files, plan } = work;
  const chosen = drafted.flatMap((of, i) => chosenOf(of, scores[i]!));
  if (chosen.length === 0) {
    throw new EngineError(
      "TextTooShort",
      `No sample of round ${round} has a score by which it could be preferred (scorer ${plan.scorer}). Choose another scorer, or other prompts.`,
    );
  }
  const isThere = existsSync(join(folder, files.weights(round, plan.weights)));
  const known = isThere ? journal.get(["train"], takenSchema) : undefined;
  const { tokens, loss } = known ?? (await train(work, chosen));
  if (known === undefined) journal.add(["train"], { tokens, loss });
  return {
    steps: loss.length,
    tokens,
    prompts: chosen.map(({ prompt }) => prompt),
    drawn: chosen.map(({ drawn }) => drawn),
    preferred: chosen.map(({ score }) => score),
    loss,
  };
}

/** None, where no sample of the prompt has a score. */
function chosenOf({ prompt, drafts }: Drafted, scores: Scores): Chosen[] {
  const best = preferred(drafts, scores);
  if (best === null) return [];
  const drawn = mean(scores.filter((score) => score !== null));
  return [{ prompt, draft: drafts[best]!, score: scores[best]!, drawn }];
}

async function train(
  work: RoundWork,
  chosen: readonly Chosen[],
): Promise<z.infer<typeof takenSchema>> {
  const { round, models, files, onWarning, signal } = work;
  const held = await models.holdAlone(`round ${round - 1}`);
  const request = await requestOf(work, held, chosen);
  const run = async () => {
    const loss: number[] = [];
    const { tokens } = await held.engine.train(
      request,
      (event) => {
        if (event.kind !== "step") return;
        loss[event.step - 1] = event.loss;
        work.share.at("train", event.step / request.steps.length);
      },
      signal,
    );
    return { tokens, loss };
  };
  return trainedAnew(files.checkpoint(round), run, ({ message }) =>
    onWarning(`${message} Round ${round} is trained anew.`),
  );
}

/** Checkpoints of a round, about: each holds all weights three times. */
const CHECKPOINTS = 4;

async function requestOf(
  { round, plan, files, folder, sha256, prompts, signal }: RoundWork,
  held: HeldModel,
  chosen: readonly Chosen[],
): Promise<TrainRequest> {
  const pieces: TrainingPiece[] = [];
  for (const { prompt, draft } of chosen) {
    const before = await drawersPrompt(held, prompts[prompt]!.text, signal);
    pieces.push(pieceOf(held.model, before, draft));
  }
  const { learningRate, weightDecay, windowsPerStep, window: length, epochs, seed } = plan;
  const first = (round - 1) * epochs;
  const steps = epochSteps(pieces, { windowsPerStep, length, epochs, first, seed });
  return {
    model: held.model.id,
    weights: plan.weights === "all" ? "all" : { rank: plan.rank!, alpha: plan.alpha! },
    ...{ learningRate, weightDecay, seed, length, steps },
    choose: [],
    report: [],
    interval: Math.ceil(steps.length / CHECKPOINTS),
    out: join(folder, files.weights(round, plan.weights)),
    checkpoint: files.checkpoint(round),
    modelSha256: sha256.get(plan.stage) ?? null,
  };
}

/** A prompt that is seen, and a sample that is predicted, with its end where it has one. */
function pieceOf(model: LoadedModel, prompt: Int32Array, { ids, hasEnded }: Draft): TrainingPiece {
  const end = hasEnded ? endOf(model) : null;
  const tail = Int32Array.from(end === null ? ids : [...ids, end]);
  return { tokens: joinedTokens([prompt, tail]), scoredStart: prompt.length };
}

/** The token that ends a text. */
function endOf({ startTokens, vocabulary }: LoadedModel): number | null {
  const { endOfGeneration } = vocabulary;
  const { eos } = startTokens;
  return eos !== null && endOfGeneration.includes(eos) ? eos : (endOfGeneration[0] ?? null);
}
