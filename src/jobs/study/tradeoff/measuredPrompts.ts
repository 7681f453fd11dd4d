/** A round's samples of the prompts that are measured, and what is found in them. */
import { z } from "zod";
import { joinedTokens } from "../../../engine/joinedTokens";
import type { RunSide } from "../../../formats/run";
import { promptSamplesSchema } from "../../../formats/study/drawnSamples";
import { CONCENTRATION_KS, CONCENTRATION_SCALE } from "../../../protocol/scores";
import { countNgrams } from "../../runs/baseTokens";
import type { HeldModel } from "../../scoring/scoreWindow";
import { analyseSide, toPromptSamples } from "../samples/promptSamples";
import { draftsOf, draftSchema, drawersPrompt, drawSide } from "./drafts";
import type { RoundWork } from "./tradeoffWork";

const foundSchema = z.object({
  drafts: z.array(draftSchema),
  row: promptSamplesSchema,
  /** Of all samples together, as their drawer reads them. */
  tokens: z.int(),
  top1: z.nullable(z.number()),
  entropyBits: z.nullable(z.number()),
});
export type FoundInSamples = z.infer<typeof foundSchema>;

/** Prompts whose samples wait to be aligned are held in memory. */
const WAITING = 8;

/**
 * Draws with the same seeds each round; samples are aligned while the next ones are drawn.
 * @returns `[prompt]`, in the order of the plan
 * @throws EngineError where the model can't be used, or `Cancelled`
 */
export async function findInSamples(work: RoundWork): Promise<FoundInSamples[]> {
  const { plan, journal, share } = work;
  const { measured } = plan.prompts;
  const finding: Promise<FoundInSamples>[] = [];
  try {
    for (const [i, prompt] of measured.entries()) {
      const known = journal.get(keyOf(prompt), foundSchema);
      const found = known ? Promise.resolve(known) : findIn(work, await draw(work, prompt));
      found.catch(() => undefined);
      finding.push(found);
      if (i >= WAITING) await finding[i - WAITING];
      share.at("own", (i + 1) / measured.length);
    }
  } finally {
    await Promise.allSettled(finding);
  }
  return Promise.all(finding);
}

function keyOf(prompt: number): readonly (string | number)[] {
  return ["own", prompt];
}

/** Samples of a prompt, drawn and read, which are not aligned yet. */
interface DrawnAndRead extends Pick<FoundInSamples, "tokens" | "top1" | "entropyBits"> {
  readonly prompt: number;
  readonly side: RunSide;
}

async function draw(work: RoundWork, prompt: number): Promise<DrawnAndRead> {
  const { models, round, settings, seed, prompts, signal } = work;
  const held = await models.holdAlone(`round ${round}`);
  const { text } = prompts[prompt]!;
  const side = await drawSide(held, text, { ...settings, seed }, signal);
  side.ngrams = await countNgrams(held.engine, held.model, side.samples, signal);
  const before = await drawersPrompt(held, text, signal);
  return { prompt, side, ...(await readAsDrawn(held, before, side.samples, signal)) };
}

async function findIn(
  { analysers, journal, round, signal }: RoundWork,
  { prompt, side, ...read }: DrawnAndRead,
): Promise<FoundInSamples> {
  const found = await analysers.run((analyser) => analyseSide(analyser, "base", side, signal));
  const compared = { samples: side.samples.length, alignment: found.alignment };
  const row = toPromptSamples(`round ${round}`, prompt, found, compared, true);
  const all = { drafts: draftsOf(side), row, ...read };
  journal.add(keyOf(prompt), all);
  return all;
}

/** Samples as whoever drew them reads them, token by token as they were drawn. */
async function readAsDrawn(
  { engine, model }: HeldModel,
  prompt: Int32Array,
  samples: RunSide["samples"],
  signal: AbortSignal,
): Promise<Pick<FoundInSamples, "tokens" | "top1" | "entropyBits">> {
  const texts = draftsOf({ samples })
    .filter(({ ids }) => ids.length > 0)
    .map(({ ids }) => ({
      tokens: joinedTokens([prompt, Int32Array.from(ids)]),
      scoredStart: prompt.length,
    }));
  let [tokens, top1, nats] = [0, 0, 0];
  await engine.scoreTexts(
    { model: model.id, texts, distribution: { topK: 0 } },
    (_, { count, distribution }) => {
      tokens += count;
      for (let i = 0; i < count; i++) {
        top1 += distribution!.concentration[i * CONCENTRATION_KS.length]! / CONCENTRATION_SCALE;
        nats += distribution!.entropy[i]!;
      }
    },
    signal,
  );
  if (tokens === 0) return { tokens, top1: null, entropyBits: null };
  return { tokens, top1: top1 / tokens, entropyBits: nats / tokens / Math.LN2 };
}
