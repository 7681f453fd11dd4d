/** Samples of a prompt as the model of a round draws them. */
import { z } from "zod";
import { cancelled } from "../../../engine/errors";
import type { RunSide } from "../../../formats/run";
import { drawRole } from "../../runs/draw";
import { promptTokens } from "../../runs/prompt";
import { RAW_FRAME, samplersOf } from "../../runs/settings";
import type { HeldModel } from "../../scoring/scoreWindow";
import { CHAT, CLOCK } from "../samples/chat";

/** What is kept of a sample. */
export const draftSchema = z.object({
  /** Tokens, without the end token. */
  ids: z.array(z.int()),
  text: z.string(),
  /** With an end token. */
  hasEnded: z.boolean(),
});
export type Draft = z.infer<typeof draftSchema>;

export interface DrawingSettings {
  readonly samples: number;
  readonly tokens: number;
  readonly topP: number;
  readonly seed: number;
}

/** @throws EngineError as of `drawRole`, `Cancelled` */
export async function drawSide(
  { engine, model }: HeldModel,
  prompt: string,
  { samples, tokens: maxTokens, topP, seed }: DrawingSettings,
  signal: AbortSignal,
): Promise<RunSide> {
  const common = { temperature: 1, topK: 0, minP: 0 };
  const side = await drawRole({
    engine,
    role: "base",
    model,
    sha256: null,
    prompt,
    settings: {
      ...{ samples, seed, maxTokens, width: null, chat: CHAT, clock: CLOCK, baseFrame: RAW_FRAME },
      samplers: samplersOf(common, { base: topP, rlhf: topP }),
    },
    signal,
  });
  if (signal.aborted) throw cancelled();
  return side;
}

/** What a drawer reads before it draws. @throws EngineError as of `Engine.tokenizePrompt` */
export function drawersPrompt(
  { engine, model }: HeldModel,
  text: string,
  signal: AbortSignal,
): Promise<Int32Array> {
  const prompt = { text, frame: RAW_FRAME, clock: CLOCK };
  return promptTokens({ engine, loaded: model }, "base", prompt, CHAT, signal);
}

export function draftsOf({ samples }: Pick<RunSide, "samples">): Draft[] {
  return samples.map(({ tokens, text, ended }) => ({
    ids: tokens?.ids ?? [],
    text,
    hasEnded: ended === "end",
  }));
}
