import type { SamplerSettings } from "../engine/engine";
import type { Role } from "../protocol/scores";

/** How a run's samples are drawn (definitions: sampled generations). */
export interface DrawSettings {
  /** Continuations of each model, 1 .. 1,000. */
  readonly samples: number;
  readonly seed: number;
  /** Sequences decoded together, 1 .. 255; another width gives other texts. null: as many as memory allows. */
  readonly width: number | null;
  readonly maxTokens: number;
  /** Put around the base model's prompt; `{prompt}` stands for it. `{prompt}` alone: raw. */
  readonly baseFrame: string;
  readonly samplers: Readonly<Record<Role, SamplerSettings>>;
}

/** Nucleus 0.9 for RLHF and 0.7 for base, where the paper found their n-gram diversity alike (§E.4). */
export const SAMPLERS: DrawSettings["samplers"] = {
  rlhf: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
  base: { temperature: 1, topK: 0, topP: 0.7, minP: 0 },
};

export const RAW_FRAME = "{prompt}";

/** A frame that shows a base model what is wanted of it. */
export const INSTRUCTION_FRAME = "### Instruction:\n{prompt}\n\n### Response:\n";

const WIDTHS = [100, 64, 32, 16, 8, 4, 2, 1] as const;

/**
 * The width for a run: the most sequences of {@link WIDTHS} whose keys and values fit into half of the free memory, and
 * no more than there are samples.
 * @param tokens tokens a sequence may grow to, prompt included
 */
export function chooseWidth(
  keyValueBytesPerToken: number,
  tokens: number,
  samples: number,
  freeBytes: number,
): number {
  const fits = (width: number) => (width + 1) * tokens * keyValueBytesPerToken <= freeBytes / 2;
  return Math.min(samples, WIDTHS.find(fits) ?? 1);
}
