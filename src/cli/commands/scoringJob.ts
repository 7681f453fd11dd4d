import type { Readable, Writable } from "node:stream";
import type { ScoreOptions } from "../arguments/arguments";
import type { ChosenModels } from "../arguments/modelPaths";
import type { InputText } from "../input/input";
import type { Problems } from "../output/problems";
import type { Progress } from "../output/progress";
import type { Engines } from "../../engine/local/engines";

/** What the command needs from outside. */
export interface Surroundings {
  readonly version: string;
  /** The engine's child process. */
  readonly engineScript: string;
  /** Of llama.cpp's builds for GPUs; null: none. */
  readonly gpuFolder: string | null;
  readonly input: Readable;
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What scoring needs, in whatever form its results are wanted. */
export interface ScoringJob {
  readonly options: ScoreOptions;
  /** Read before every text; null: nothing is. */
  readonly context: InputText | null;
  readonly models: ChosenModels;
  readonly engines: Engines;
  readonly progress: Progress;
  readonly problems: Problems;
  readonly surroundings: Surroundings;
}
