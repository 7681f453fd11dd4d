import { shortened } from "../../analysis/presentation/format";
import { RUN_VERSION, type Run } from "../../formats/run";

export interface NewRunSettings {
  readonly samples: number;
  readonly seed: number;
  readonly maxTokens: number;
}

/** A run of which nothing is drawn yet, named after the first line of its prompt. */
export function newRun(prompt: string, settings: NewRunSettings): Run {
  const { samples, seed, maxTokens } = settings;
  return {
    format: "twinlens-run",
    version: RUN_VERSION,
    name: runName(prompt),
    created: new Date().toISOString(),
    about: null,
    prompt,
    settings: { samples, seed, maxTokens, resumed: false },
    scorers: { base: null, rlhf: null },
    rlhf: null,
    base: null,
  };
}

/** The first line of a prompt, shortened. */
export function runName(prompt: string): string {
  const [firstLine = ""] = prompt.trim().split(/\r?\n/u);
  return shortened(firstLine, LONGEST_NAME);
}

/** Characters. */
const LONGEST_NAME = 60;
