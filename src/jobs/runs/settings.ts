import type { Role } from "../../protocol/roles";
import { STEP_ROWS } from "../../engine/blocks";
import type { ChatForm } from "../../engine/chatForm";
import type { SamplerSettings } from "../../engine/engine";

/** How a run's samples are drawn (docs/definitions.md, "Sampling"). */
export interface DrawSettings {
  /** Continuations by each model. Bounds of all numbers: `protocol/bounds`. */
  readonly samples: number;
  readonly seed: number;
  /** Sequences decoded together, which no sample depends on. null: as many as memory allows. */
  readonly width: number | null;
  readonly maxTokens: number;
  /** Put around the base model's prompt; `{prompt}` stands for it. `{prompt}` alone: raw. */
  readonly baseFrame: string;
  /** How the RLHF model's prompt is made. */
  readonly chat: ChatForm;
  /** What a template's clock shows, ms since 1970: when the run was begun, so that it goes on with the same prompt. */
  readonly clock: number;
  readonly samplers: Readonly<Record<Role, SamplerSettings>>;
}

/** Nucleus of each model's samples, where the paper found their n-gram diversity alike (§E.4). */
export const TOP_P: Readonly<Record<Role, number>> = { rlhf: 0.9, base: 0.7 };

/** Both models' samplers, alike but for their nucleus. */
export function samplersOf(
  common: Omit<SamplerSettings, "topP">,
  topP: Readonly<Record<Role, number>>,
): DrawSettings["samplers"] {
  const { temperature, topK, minP } = common;
  const sampler = (role: Role) => ({ temperature, topK, topP: topP[role], minP });
  return { rlhf: sampler("rlhf"), base: sampler("base") };
}

export const RAW_FRAME = "{prompt}";

/** A frame that shows a base model what is asked of it. */
export const INSTRUCTION_FRAME = "### Instruction:\n{prompt}\n\n### Response:\n";

/** A prompt in a frame. Not by `replace`: its `$` patterns would read the prompt. */
export function framed(frame: string, prompt: string): string {
  return frame.split("{prompt}").join(prompt);
}

/** Whole groups; the largest draws the usual hundred samples at once. */
const WIDTHS = [104, 64, 32, 16, STEP_ROWS] as const;

/**
 * How many samples to draw at once: the most sequences of {@link WIDTHS} whose keys and values fit into half of the free
 * memory.
 * @param tokens tokens a sequence may grow to, prompt included
 */
export function chooseWidth(
  keyValueBytesPerToken: number,
  tokens: number,
  freeBytes: number,
): number {
  const fits = (width: number) => (width + 1) * tokens * keyValueBytesPerToken <= freeBytes / 2;
  return WIDTHS.find(fits) ?? STEP_ROWS;
}
