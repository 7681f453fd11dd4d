/** What the anchors panel shows of a run. Texts are counted in code points, samples by their place in the run. */
import type { Role } from "./roles";
import type { AnchorOptions } from "./anchorOptions";
import type { NgramView } from "./ngramView";
import type { RunPrompt } from "./runPrompt";

export interface RunView {
  readonly name: string;
  readonly pair: string;
  /** Of a recorded run: what it shows, where it comes from, under which licence; null: nothing is told. */
  readonly about: {
    readonly text: string;
    readonly source: string;
    readonly licence: string;
  } | null;
  readonly prompt: RunPrompt;
  readonly options: AnchorOptions;
  readonly rlhf: RoleRunView | null;
  readonly base: RoleRunView | null;
}

export interface RoleRunView {
  /** Name and quantisation of the model that drew them, or the file that they come from. */
  readonly model: string;
  /** Exactly as the model got it. */
  readonly promptSent: string;
  /** Top-p of the sampler, (0, 1]; null: samples from elsewhere. */
  readonly nucleus: number | null;
  /** `p 0.9, temperature 1, seed 7`, in the order they matter; empty: samples from elsewhere. */
  readonly settings: string;
  /** How many samples there will be. */
  readonly wanted: number;
}

/** Twinlens' own alignment, or that of the program the paper used. */
export type Aligner = "twinlens" | "mafft";

export type RunProgress =
  | {
      readonly kind: "sampling";
      readonly role: Role;
      readonly done: number;
      readonly tokensPerSecond: number | null;
      readonly secondsLeft: number | null;
    }
  /** `fraction` is 0 .. 1; null: unknown, as MAFFT reports no progress. */
  | {
      readonly kind: "aligning";
      readonly role: Role;
      readonly aligner: Aligner;
      readonly fraction: number | null;
    }
  /** One model's samples under both. */
  | { readonly kind: "scoring"; readonly role: Role; readonly fraction: number }
  | { readonly kind: "done" }
  /** Ended early; what is finished stays, and the run can be resumed. */
  | { readonly kind: "stopped"; readonly reason: string };

export interface SampleView {
  readonly text: string;
  /** Whether the numbers were scored, or came with drawing; null, as they are: imported and not scored. */
  readonly known: "scored" | "drawn" | null;
  readonly perplexity: number | null;
  readonly tokens: number | null;
}

/** What follows from the samples alone; it stays while the anchors' options change. */
export interface AlignmentView {
  readonly columns: number;
  /** Run lengths of each sample's row: gap, characters, gap, characters, … */
  readonly rows: readonly (readonly number[])[];
  /** Columns in which most samples have the same character, as run lengths: not, yes, not, … */
  readonly common: readonly number[];
  /** The alignment ran out of work, and could be finer. */
  readonly hitBudget: boolean;
  /** Share of agreeing pairs at 100 positions, 0 .. 1; null: no column is kept. */
  readonly overlap: readonly number[] | null;
  /** Share of samples aligned with at least five others at 100 positions, 0 .. 1; null: no column is kept. */
  readonly alignedShare: readonly number[] | null;
  /** Mean entropy in bits at 100 positions; null where no token begins, or nothing is scored. */
  readonly entropyBits: readonly (number | null)[] | null;
  readonly ngrams: NgramView;
}

/** A mean over prompts or over draws at 100 positions, 0 .. 1, with its 95 % band. */
export interface MeanCurve {
  readonly mean: readonly number[];
  /** null: the mean is of a single one. */
  readonly low: readonly number[] | null;
  readonly high: readonly number[] | null;
  /** Mean over positions. */
  readonly all: {
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
  };
}

/** What is overlap by chance alone, in pseudo-runs aligned by Twinlens (docs/definitions.md, "Chance in overlap"). */
export interface ChanceView {
  /** What the pseudo-runs are made of: a run's sentences, shuffled between its samples, or texts of different prompts. */
  readonly kind: "sentences" | "prompts";
  /** Pseudo-runs that have a curve, and the seed they are drawn with. */
  readonly draws: number;
  readonly seed: number;
  readonly overlap: MeanCurve;
  readonly alignedShare: MeanCurve;
}

/** What follows from the samples and the options. */
export interface AnchorsView {
  readonly options: AnchorOptions;
  readonly anchors: readonly AnchorView[];
  readonly flows: readonly FlowView[];
  /** Share of samples in an anchor at 100 positions, 0 .. 1, whatever the limit; null: no column is kept. */
  readonly position: readonly number[] | null;
  /** What comes nearest to an anchor; null: there are anchors. */
  readonly nearMisses: {
    /** The longest text that enough samples have at the same column; null: not even one character. */
    readonly longest: NearMissView | null;
    /** Of the texts that are long enough, the one that most samples have there; null: no two have one. */
    readonly commonest: NearMissView | null;
  } | null;
}

export interface NearMissView {
  readonly text: string;
  readonly length: number;
  readonly samples: number;
}

/** A span that many samples have at the same column, in column order. */
export interface AnchorView {
  readonly text: string;
  readonly column: number;
  /** Kept columns before it / all kept columns, 0 .. 1, as the curves have them; null: no column is kept. */
  readonly place: number | null;
  /** The same of the character in its middle, where its first sample has it. */
  readonly middle: number | null;
  /** One for each sample that has it: the sample, and code points before it. */
  readonly occurrences: readonly { readonly sample: number; readonly start: number }[];
  /** Samples that have it / all, 0 .. 1. */
  readonly share: number;
  /** Mean bits under each model, of samples that it has scored; null: it has scored none. */
  readonly bits: { readonly base: number | null; readonly rlhf: number | null };
}

/** Samples whose next anchor after `from` is `to`; numbers of anchors, null: the start, the end. */
export interface FlowView {
  readonly from: number | null;
  readonly to: number | null;
  readonly samples: number;
}

/** What the page that the command line writes shows above its prompts; an editor's panel has one prompt. */
export interface PromptAverages {
  readonly prompts: number;
  /** Most samples per model that are compared for one prompt. */
  readonly samples: number;
  /** Name and quantisation of the model that drew all samples; null: several did, or they are from elsewhere. */
  readonly models: Readonly<Record<Role, string | null>>;
  readonly rlhf: RoleAverages | null;
  readonly base: RoleAverages | null;
}

/** Means over prompts of one model (paper Figures 7 and 13, Table 4). */
export interface RoleAverages {
  readonly unit: NgramView["unit"];
  /** Samples that contain the most common n-gram. */
  readonly sharing: readonly { readonly n: number; readonly samples: number }[];
  /** How many 10-grams are in exactly that many samples of their prompt, over all prompts, `[samples]`. */
  readonly tenGrams: readonly number[];
  /** Different n-grams / all, by n from 1 on; null: no prompt has any. */
  readonly diversity: readonly (number | null)[];
  /** With the interval over prompts; null: no prompt has kept columns. */
  readonly overlap: MeanCurve | null;
  readonly alignedShare: MeanCurve | null;
  /** null: not looked for, or some prompts have none. */
  readonly chance: ChanceView | null;
  /** Prompts without a kept column. */
  readonly withoutOverlap: number;
}

export interface AveragesMessage {
  readonly type: "averages";
  readonly averages: PromptAverages;
}
