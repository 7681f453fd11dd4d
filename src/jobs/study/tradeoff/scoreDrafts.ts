/** What prefers one sample to another (docs/definitions.md, "The trade-off in motion"). */
import { z } from "zod";
import { EngineError } from "../../../engine/errors";
import type { Scorer } from "../../../formats/study/tradeoffSettings";
import type { HeldModel } from "../../scoring/scoreWindow";
import type { Draft } from "./drafts";
import { judgements } from "./judge";
import { likelihoods } from "./likelihood";
import type { RoundWork } from "./tradeoffWork";

/** Samples of one prompt. */
export interface Drafted {
  /** Its number. */
  readonly prompt: number;
  readonly drafts: readonly Draft[];
}

/** By sample; null: it has none. */
export type Scores = readonly (number | null)[];

/** Whose reading of the samples counts, and which way. */
const READERS: Readonly<Record<Scorer, readonly (readonly ["base" | "rlhf" | "judge", 1 | -1])[]>> =
  {
    length: [],
    rlhf: [["rlhf", 1]],
    advantage: [
      ["rlhf", 1],
      ["base", -1],
    ],
    judge: [["judge", 1]],
  };

const valuesSchema = z.array(z.nullable(z.number()));

/**
 * Scores samples, a model after the other.
 * @param use what they are drawn for
 * @returns `[prompt][sample]`
 * @throws EngineError where a model can't be used, or `Cancelled`
 */
export async function scoreDrafts(
  work: RoundWork,
  use: "train" | "measure",
  drafted: readonly Drafted[],
  onScored: (share: number) => void,
): Promise<Scores[]> {
  const { models, journal, settings } = work;
  const readers = READERS[settings.scorer];
  if (readers.length === 0) return drafted.map(({ drafts }) => drafts.map(({ ids }) => ids.length));
  let scores: Scores[] = drafted.map(({ drafts }) => drafts.map(() => 0));
  for (const [place, [reader, sign]] of readers.entries()) {
    const values: Scores[] = [];
    for (const [i, of] of drafted.entries()) {
      const key = ["score", use, reader, of.prompt];
      const read = async () => readBy(work, reader, await models.holdAlone(reader), of);
      values.push(await journal.once(key, valuesSchema, read));
      onScored((place + (i + 1) / drafted.length) / readers.length);
    }
    scores = scores.map((of, i) =>
      of.map((score, sample) => sum(score, values[i]![sample] ?? null, sign)),
    );
  }
  return scores;
}

function sum(score: number | null, value: number | null, sign: 1 | -1): number | null {
  return score === null || value === null ? null : score + sign * value;
}

async function readBy(
  work: RoundWork,
  reader: "base" | "rlhf" | "judge",
  held: HeldModel,
  { prompt, drafts }: Drafted,
): Promise<Scores> {
  const { prompts, settings, windows, signal } = work;
  const about = { prompt: prompts[prompt]!.text, texts: drafts.map(({ text }) => text) };
  try {
    if (reader === "judge") {
      return await judgements(held, settings.judge!.question, about, windows, signal);
    }
    return await likelihoods(held, reader, about, windows, signal);
  } catch (error) {
    // A template may fail at one prompt; its samples have no score then.
    if (!(error instanceof EngineError && error.code === "TemplateFailed")) throw error;
    work.onWarning(`prompt ${prompt + 1}: ${error.message}`);
    return drafts.map(() => null);
  }
}
