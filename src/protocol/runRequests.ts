/**
 * Messages about runs between the extension host and the language server. The server says to each run's panel what the
 * panel understands ({@link ToAnchors}); the host passes it on.
 */
import type { Role } from "./roles";
import type { AnchorOptions } from "./anchorOptions";
import type { ToAnchors } from "./panels";

/** Requests, host to server; every run has an id that the host chose. */
export const RunMethod = {
  /** Draw, align and analyse; resolves when the run is there to be followed. {@link StartRunParams} -> null */
  start: "twinlens/startRun",
  /** Show a run's file, or samples from elsewhere. {@link OpenRunParams} -> null */
  open: "twinlens/openRun",
  /** Find anchors with other options. {@link RunOptionsParams} -> null */
  options: "twinlens/runOptions",
  /** Stop drawing or aligning; what is finished stays. {@link RunParams} -> null */
  cancel: "twinlens/cancelRun",
  /** Draw what is missing. {@link RunParams} -> null */
  resume: "twinlens/resumeRun",
  /** Score the samples that a model of the pair has not scored. {@link RunParams} -> null */
  score: "twinlens/scoreRun",
  /** Send everything to the panel again. {@link RunParams} -> null */
  show: "twinlens/showRun",
  /** Forget a run. {@link RunParams} -> null */
  close: "twinlens/closeRun",
  /** Give a saved run another name, open or not. {@link RenameRunParams} -> null */
  rename: "twinlens/renameRun",
  /** Delete a saved run, open or not. {@link RemoveRunParams} -> null */
  remove: "twinlens/removeRun",
} as const;

/** Server to host. {@link RunMessage} */
export const RUN_MESSAGE = "twinlens/runMessage";

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
