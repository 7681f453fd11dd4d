/** Samples from elsewhere: what a file of them holds, and which of them stand in which model's place. */
import type { Role } from "./roles";

/** A file to read samples from. */
export interface SamplesFile {
  readonly path: string;
  /** Shown as where the samples come from. */
  readonly name: string;
  /** A label of the Encoding Standard; null: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding: string | null;
}

/** Samples that records give one stage of training, one model, or both; null: whichever, or none. */
export interface SampleGroup {
  readonly stage: string | null;
  readonly model: string | null;
}

/** All samples of a file. */
export const ALL_SAMPLES: SampleGroup = { stage: null, model: null };

/** How much of a file a group is. */
export interface GroupCount extends SampleGroup {
  readonly samples: number;
  readonly prompts: number;
}

/** The group that stands in each model's place; null: none. */
export type Sides = Readonly<Record<Role, SampleGroup | null>>;

/** UTF-16 units of a prompt that a survey has. */
export const PROMPT_START = 500;

/** What a file holds of samples. */
export interface SamplesSurvey {
  /** How each prompt begins, and how many samples it has. */
  readonly prompts: readonly { readonly prompt: string; readonly samples: number }[];
  /** Stages, then models within them; one that is the whole file where its records say nothing. */
  readonly groups: readonly GroupCount[];
  /** Which groups the records themselves put in the models' places. */
  readonly named: Sides;
  /** What is said of bytes that the encoding does not know; null: there are none. */
  readonly fault: string | null;
}

/** What becomes of a file's samples: a run for each prompt. */
export interface SamplesChoice {
  readonly file: SamplesFile;
  readonly sides: Sides;
  /** Which prompts, by their place in the file, and the file that keeps each one's run. */
  readonly runs: readonly { readonly prompt: number; readonly file: string }[];
}

/** The samples that one prompt has of a group. */
export interface SamplesOfPrompt {
  readonly file: SamplesFile;
  /** By its place in the file. */
  readonly prompt: number;
  readonly group: SampleGroup;
}
