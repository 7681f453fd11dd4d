import { join } from "node:path";
import type { LoadOptions } from "../../../engine/engine";
import type { Pair, TradeoffSettings } from "../../../formats/study/study";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Tradeoff } from "../../../formats/study/tradeoff";
import { type ChosenModel, withoutAdapter } from "../../../protocol/modelIdentity";
import type { WindowSettings } from "../../../protocol/scores";
import type { CorpusDocument } from "../../corpora/corpus";
import type { EngineInUse, HeldModels } from "../../models/heldModels";
import type { Analysers } from "../samples/analysers";
import type { SetPrompt } from "../samples/promptSets";
import type { RoundJournal } from "./roundJournal";
import type { RoundShare } from "./roundShare";
import type { TradeoffSources } from "./sources";
import type { TradeoffFiles } from "./tradeoffFiles";

/** A cell of the measure `tradeoff`, and what is needed to fill it. */
export interface TradeoffPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly pair: Pair;
  /** The pair's, of which none is held while a round goes on. */
  readonly pairModels: HeldModels<string>;
  readonly engines: EngineInUse;
  readonly options: LoadOptions;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  /** null: not all of it can be read. */
  readonly sources: TradeoffSources | null;
  readonly settings: TradeoffSettings;
  /** In which documents are scored. */
  readonly windows: WindowSettings;
  readonly seed: number;
  readonly prompts: readonly SetPrompt[];
  readonly heldOut: readonly HeldOutCorpus[];
  readonly analysers: Analysers;
  /** Where weights and journals are put. */
  readonly folder: string;
  /** The last round's weights stay there. */
  readonly isKept: boolean;
  /** There is more in the cell. */
  readonly onDone: () => void;
  /** Resolves once what is in the cell is on disk. */
  readonly save: () => Promise<void>;
  /** How far a round has come, 0 .. 1. */
  readonly onShare: (share: number) => void;
  /** What did not keep it from going on. */
  readonly onWarning: (message: string) => void;
  readonly signal: AbortSignal;
}

export interface HeldOutCorpus {
  readonly name: string;
  /** All of it, as often as it is asked for. */
  readonly documents: () => AsyncIterable<CorpusDocument>;
}

/** Who draws, and whoever scores what was drawn: the base model as it was, its RLHF twin, or a judge. */
export type ModelName = `round ${number}` | "base" | "rlhf" | "judge";

/** A round while it is measured. */
export interface RoundWork extends TradeoffPass {
  /** 0: the model as it was. */
  readonly round: number;
  /** What is in the cell of the rounds before. */
  readonly plan: Tradeoff;
  readonly files: TradeoffFiles;
  /** Of which memory holds one at a time. */
  readonly models: HeldModels<ModelName>;
  readonly journal: RoundJournal;
  readonly share: RoundShare;
}

/** Who draws and who scores in a pass, by name. */
export function chosenModels(
  { pair, settings, folder }: Pick<TradeoffPass, "pair" | "settings" | "folder">,
  files: TradeoffFiles,
  { weights }: Pick<Tradeoff, "weights">,
): ReadonlyMap<ModelName, ChosenModel> {
  // The base model stands first, its RLHF twin second.
  const [base, rlhf] = [pair.stages[0]!, pair.stages[1]!];
  const chosen = new Map<ModelName, ChosenModel>([
    ["round 0", base],
    ["base", base],
    ["rlhf", rlhf],
  ]);
  if (settings.judge) chosen.set("judge", withoutAdapter(settings.judge.model));
  for (let round = 1; round <= settings.rounds; round++) {
    const file = join(folder, files.weights(round, weights));
    const adapted = { path: base.path, adapter: file };
    chosen.set(`round ${round}`, weights === "all" ? withoutAdapter(file) : adapted);
  }
  return chosen;
}
