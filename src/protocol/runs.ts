/**
 * Messages about runs; every run has an id that the host chose. The server says to each run's panel what the panel
 * understands ({@link ToAnchors}); the host passes it on.
 */
import type { AnchorOptions } from "./anchorOptions";
import { event, request } from "./channel";
import type { ToAnchors } from "./panels";
import type { Role } from "./roles";

export const RunRequest = {
  /** Draw, align and analyse; resolves when the run is there to be followed. */
  start: request<StartRunParams, null>("twinlens/startRun"),
  /** Show a run's file, or samples from elsewhere. */
  open: request<OpenRunParams, null>("twinlens/openRun"),
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
  /** Shown as the run's name when the text has none. */
  readonly name: string;
  /** A run's file, or samples in one of the formats that are imported. */
  readonly text: string;
  /** In whose place samples from elsewhere stand; a run's file says it itself. */
  readonly role?: Role;
  /** Where the run is kept; null: nowhere. */
  readonly file: string | null;
  /** `follow` (the default): the file is written whenever something was found. `ask`: only what the user has drawn or scored is. */
  readonly saving?: "follow" | "ask";
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
