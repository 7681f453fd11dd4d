/** What the model of the round before draws of a round's training prompts. */
import { z } from "zod";
import type { NumberedPrompt, Sample } from "../../../engine/engine";
import { availableMemory } from "../../../engine/freeMemory";
import { chooseWidth } from "../../runs/settings";
import { promptsOfRound } from "./dividePrompts";
import { type Draft, draftSchema, drawersPrompt } from "./drafts";
import type { Drafted } from "./scoreDrafts";
import type { RoundWork } from "./tradeoffWork";

const draftsSchema = z.array(draftSchema);

/** @throws EngineError as of `Engine.continuePrompts` */
export async function drawToTrain(work: RoundWork): Promise<Drafted[]> {
  const { round, plan, settings, journal, share } = work;
  const numbers = promptsOfRound(plan.prompts.train, round, settings.trainPrompts);
  const isDrawn = (prompt: number) => journal.get(keyOf(prompt), draftsSchema) !== undefined;
  const missing = numbers.filter((prompt) => !isDrawn(prompt));
  if (missing.length > 0) {
    let drawn = numbers.length - missing.length;
    await draw(work, missing, () => share.at("draw", ++drawn / numbers.length));
  }
  return numbers.map((prompt) => ({ prompt, drafts: journal.get(keyOf(prompt), draftsSchema)! }));
}

function keyOf(prompt: number): readonly (string | number)[] {
  return ["draw", prompt];
}

/** Draws of many prompts at a time; those of which all samples are there are kept. */
async function draw(
  work: RoundWork,
  numbers: readonly number[],
  onDrawn: () => void,
): Promise<void> {
  const { round, models, settings, journal, prompts, signal } = work;
  const { bestOf, tokens: maxTokens, topP } = settings;
  const held = await models.holdAlone(`round ${round - 1}`);
  const { engine, model } = held;
  const wanted: NumberedPrompt[] = [];
  for (const number of numbers) {
    const tokens = await drawersPrompt(held, prompts[number]!.text, signal);
    for (let i = 0; i < bestOf; i++) wanted.push({ index: number * bestOf + i, tokens });
  }
  const longest = wanted.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
  const room = longest + maxTokens;
  const drafts = new Map(numbers.map((number) => [number, new Array<Draft>(bestOf)]));
  const left = new Map(numbers.map((number) => [number, bestOf]));
  await engine.continuePrompts(
    {
      model: model.id,
      prompts: wanted,
      width: chooseWidth(model.keyValueBytesPerToken, room, availableMemory()),
      maxTokens,
      seed: seedOf(work),
      sampler: { temperature: 1, topK: 0, topP, minP: 0 },
    },
    (sample) => {
      const number = Math.floor(sample.index / bestOf);
      drafts.get(number)![sample.index % bestOf] = draftOf(sample);
      left.set(number, left.get(number)! - 1);
      if (left.get(number)! > 0) return;
      journal.add(keyOf(number), drafts.get(number));
      onDrawn();
    },
    undefined,
    signal,
  );
}

function draftOf({ ids, text, ended }: Sample): Draft {
  return { ids: [...ids], text, hasEnded: ended === "end" };
}

const SEEDS = 2 ** 31;

/** A prompt whose turn comes again is drawn of with other numbers than before. */
function seedOf({ seed, round }: RoundWork): number {
  return (seed + round) % SEEDS;
}
