import type { Pair, SampleSettings } from "../../../formats/study/study";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { HeldModels } from "../../models/heldModels";
import type { Analysers } from "./analysers";
import type { SetPrompt } from "./promptSets";
import type { SampleRuns } from "./sampleRuns";

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
