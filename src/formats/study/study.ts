/** A study as it is run: what its file says, with everything filled in. */
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { Role } from "../../protocol/roles";
import type { WindowSettings } from "../../protocol/scores";
import type { ProbedLayers } from "./probeSettings";
import type { TrainedWeightsKind } from "./readaptationSettings";
import type { Category, Measure, Rendering } from "./studySchema";
import type { Scorer } from "./tradeoffSettings";

export interface Study {
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** Those of the file, then its passages. */
  readonly corpora: readonly Corpus[];
  readonly prompts: readonly PromptSet[];
  readonly recorded: readonly RecordedSet[];
  readonly measures: readonly Measure[];
  /** Unresolved: 0 stands for what each model makes of it. */
  readonly windows: WindowSettings;
  readonly own: OwnTextSettings;
  readonly samples: SampleSettings;
  readonly probes: ProbeSettings;
  readonly readaptation: ReadaptationSettings;
  readonly tradeoff: TradeoffSettings;
  readonly seed: number;
}

/** A base model and what was tuned from it. */
export interface Pair {
  readonly name: string;
  /** Files, the base model's first, the RLHF twin's second. */
  readonly stages: readonly Stage[];
}

export interface Stage extends ChosenModel {
  /** `base`, `rlhf`, or a name from the file. */
  readonly name: string;
}

/** How a corpus' files become documents. */
export interface CorpusReading {
  /** With the text, or with a list of messages; null: guessed for each file, by name, else by length. */
  readonly column: string | null;
  /** Where no column is chosen. */
  readonly rendering: Rendering;
  /** Which side of a record with two replies is read. */
  readonly side: "chosen" | "rejected";
  /** Of a conversation: all of it, or the assistant's last reply alone; `turns` hold what stands before it, and end with it. */
  readonly part: "dialogue" | "reply";
  /** Every line of a plain text that is not blank is a document; else the file is one. */
  readonly lines: boolean;
  /** A label of the Encoding Standard; null: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding: string | null;
}

export interface Corpus extends CorpusReading {
  readonly name: string;
  readonly category: Category;
  /** As the file has them: relative to its folder. */
  readonly paths: readonly string[];
  /** null: it stands for itself. */
  readonly standsFor: string | null;
  /** What is measured of it. */
  readonly measures: readonly Measure[];
  /** Whether it is what the measure `tradeoff` of prompts holds out; passages are not. */
  readonly isHeldOut: boolean;
  readonly limits: Limits;
}

/** What is read of a corpus; null: all of it. */
export interface Limits {
  readonly documents: number | null;
  readonly bytes: number | null;
  readonly recordBytes: number;
}

/** Prompts of which samples are drawn. */
export interface PromptSet {
  readonly name: string;
  /** As the file has it. */
  readonly path: string;
  /** The field of records that says of what kind a prompt is; null: none does. */
  readonly kind: string | null;
  /** Taken at most; null: all. */
  readonly prompts: number | null;
  readonly measures: readonly Measure[];
}

/** Samples from elsewhere. */
export interface RecordedSet extends Omit<PromptSet, "kind"> {
  /** The stage or model that stands in each one's place; null: what the file says. */
  readonly from: Readonly<Record<Role, string | null>>;
  readonly encoding: string | null;
}

/** How samples of prompts are drawn. */
export interface SampleSettings {
  readonly samples: number;
  readonly tokens: number;
  readonly topP: Readonly<Record<Role, number>>;
  /** Nuclei at which both models draw besides. */
  readonly sweep: readonly number[];
  /** Whether the nucleus is searched at which base is as diverse as RLHF. */
  readonly match: boolean;
  /** Whether what overlap is by chance is found. */
  readonly chance: boolean;
  readonly seeds: readonly number[];
  /** Texts around the base model's prompt, `{prompt}` standing for it, by name. */
  readonly frames: Readonly<Record<string, string>>;
}

/** What the models write for probes, and what those predict from its hidden states. */
export interface ProbeSettings {
  /** Of a corpus, by each model. */
  readonly texts: number;
  /** Of a prompt. */
  readonly samples: number;
  readonly tokens: number;
  readonly layers: ProbedLayers;
  /** Tokens after the next one, ascending. */
  readonly ahead: readonly number[];
  readonly topP: Readonly<Record<Role, number>>;
}

/** How models are trained on a corpus; null: as `twinlens adapt` does it. */
export interface ReadaptationSettings {
  /** Each by itself; null: an adapter, and of small models all weights as well. */
  readonly weights: readonly TrainedWeightsKind[] | null;
  readonly steps: number | null;
  readonly windowsPerStep: number | null;
  readonly window: number | null;
  readonly interval: number | null;
  readonly rank: number | null;
  readonly alpha: number | null;
  readonly learningRate: Readonly<Record<TrainedWeightsKind, number | null>>;
}

/** How a base model is trained on its own samples, and what is measured of each round; null: as `twinlens adapt` does it. */
export interface TradeoffSettings {
  readonly scorer: Scorer;
  /** Of the scorer `judge`; null: of others. */
  readonly judge: Judge | null;
  readonly rounds: number;
  readonly bestOf: number;
  readonly trainPrompts: number;
  readonly measuredPrompts: number;
  readonly samples: number;
  readonly tokens: number;
  readonly topP: number;
  readonly documents: number;
  readonly epochs: number;
  /** null: all weights of a small model, else an adapter. */
  readonly weights: TrainedWeightsKind | null;
  readonly windowsPerStep: number | null;
  /** null: that of `twinlens adapt`, or twice the tokens of a sample. */
  readonly window: number | null;
  readonly rank: number | null;
  readonly alpha: number | null;
  readonly learningRate: Readonly<Record<TrainedWeightsKind, number | null>>;
}

/** A model that says whether a reply is good. */
export interface Judge {
  /** Its path. */
  readonly model: string;
  /** `{prompt}` and `{reply}` stand for what it is asked about. */
  readonly question: string;
}

/** How the models' own texts are drawn. */
export interface OwnTextSettings {
  readonly prefixes: number;
  readonly prefixWords: number;
  readonly tokens: number;
  readonly topP: number;
}
