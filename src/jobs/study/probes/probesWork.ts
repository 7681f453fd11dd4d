import type { ProbeSettings } from "../../../formats/study/study";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { HeldModels } from "../../models/heldModels";
import type { Analysers } from "../samples/analysers";

/** A cell of the measure `probes`, and what is needed to fill it. */
export interface ProbesPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly settings: ProbeSettings;
  readonly seed: number;
  /** Tokens that models were loaded to hold; 0: their default. */
  readonly window: number;
  readonly place: ProbedPlace;
  readonly analysers: Analysers;
  /** There is more in the cell. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** What models go on from: prompts, or beginnings of documents. */
export interface ProbedPlace {
  /** Names of what is never divided between the parts of probes. */
  readonly units: readonly string[];
  readonly beginnings: readonly { readonly unit: number; readonly text: string }[];
  /** Texts after each. */
  readonly samples: number;
  /** Prompts, which models tuned for chat read in their templates. */
  readonly isChat: boolean;
}
