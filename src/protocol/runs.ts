/**
 * Messages about runs; every run has an id that the host chose. The server says to each run's panel what the panel
 * understands ({@link ToAnchors}); the host passes it on.
 */
import type { AnchorOptions } from "./anchorOptions";
import { event, request } from "./channel";
import type { ToAnchors } from "./panels";
import type { Role } from "./roles";
import type { SamplesChoice, SamplesFile, SamplesOfPrompt, SamplesSurvey } from "./sampleFiles";

export const RunRequest = {
  /** Draw, align and analyse; resolves when the run is there to be followed. */
  start: request<StartRunParams, null>("twinlens/startRun"),
  /** Show a run's file. */
  open: request<OpenRunParams, null>("twinlens/openRun"),
  /** Look at what a file holds of samples; null: it is a run's file. */
  surveySamples: request<SamplesFile, SamplesSurvey | null>("twinlens/surveySamples"),
  /** Write runs of samples from elsewhere; the result are the files, of prompts that have any. */
  importSamples: request<SamplesChoice, string[]>("twinlens/importSamples"),
  /** Put samples from elsewhere into the place of a model that a run has none of. */
  addSamples: request<AddSamplesParams, null>("twinlens/addSamples"),
  /** Find anchors with other options. */
  setOptions: request<RunOptionsParams, null>("twinlens/runOptions"),
  /** Stop drawing or aligning; what is finished stays. */
  cancel: request<RunParams, null>("twinlens/cancelRun"),
  /** Draw what is missing. */
  resume: request<RunParams, null>("twinlens/resumeRun"),
  /** Score the samples that a model of the pair has not scored. */
  score: request<RunParams, null>("twinlens/scoreRun"),
  /** Send everything to the panel again. */
  show: request<RunParams, null>("twinlens/showRun"),
  /** Forget a run. */
  close: request<RunParams, null>("twinlens/closeRun"),
  /** Give a saved run another name, open or not. */
  rename: request<RenameRunParams, null>("twinlens/renameRun"),
  /** Delete a saved run, open or not. */
  remove: request<RemoveRunParams, null>("twinlens/removeRun"),
};

export const RunEvent = {
  /** For the run's panel. */
  message: event<RunMessage>("twinlens/runMessage"),
};

export interface RunParams {
  readonly id: string;
}

export interface StartRunParams extends RunParams {
  readonly prompt: string;
  /** Where the run is kept; written again whenever something was finished. */
  readonly file: string;
}

export interface OpenRunParams extends RunParams {
  /** What a run's file holds. */
  readonly text: string;
  /** Where the run is kept; null: nowhere. */
  readonly file: string | null;
  /** `follow` (the default): the file is written whenever something was found. `ask`: only what the user has drawn or scored is. */
  readonly saving?: "follow" | "ask";
}

export interface AddSamplesParams extends SamplesOfPrompt {
  /** The run's file. */
  readonly run: string;
  readonly role: Role;
}

export interface RenameRunParams {
  readonly file: string;
  readonly name: string;
}

export interface RemoveRunParams {
  readonly file: string;
}

export interface RunOptionsParams extends RunParams {
  readonly options: AnchorOptions;
}

export interface RunMessage extends RunParams {
  readonly message: ToAnchors;
}
