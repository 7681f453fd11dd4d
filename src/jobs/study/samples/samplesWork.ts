import type { Pair, SampleSettings } from "../../../formats/study/study";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { HeldModels } from "../../models/heldModels";
import type { Analysers } from "./analysers";
import type { SetPrompt } from "./promptSets";
import type { KeptRun, SampleRuns } from "./sampleRuns";

/** A cell of the measure `samples`, and what is needed to fill it. */
export interface SamplesPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly pair: Pair;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly settings: SampleSettings;
  readonly seed: number;
  readonly prompts: readonly SetPrompt[];
  readonly analysers: Analysers;
  readonly runs: SampleRuns;
  /** There is more in the cell. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** The run of a prompt, in which what is compared stands. @throws RunFileError */
export function openRun(
  { cell, runs, prompts, settings, seed }: SamplesPass,
  prompt: number,
): Promise<KeptRun> {
  const { samples, tokens: maxTokens } = settings;
  const { run } = cell.prompts[prompt]!;
  return runs.open(run, prompts[prompt]!.text, { samples, seed, maxTokens });
}
