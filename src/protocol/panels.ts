/** Messages between the extension host and the webview panels: one union per direction and panel, discriminated by `type`. */
import type {
  Aligner,
  AlignmentView,
  AnchorsView,
  RunProgress,
  RunView,
  SampleView,
} from "./anchorViews";
import type { AnchorOptions } from "./anchorOptions";
import type { DocumentReport } from "./report";
import type { Role } from "./roles";

/** Host to report panel. */
export type ToReport =
  | { readonly type: "show"; readonly report: DocumentReport }
  | { readonly type: "error"; readonly message: string };

/** Report panel to host. */
export type FromReport =
  | { readonly type: "ready" }
  /** The user picked a place in the text; UTF-16 offsets. */
  | { readonly type: "reveal"; readonly start: number; readonly endExclusive: number }
  /** Save a picture; `data` is base64 of a PNG at twice the size on screen. */
  | { readonly type: "savePng"; readonly name: string; readonly data: string }
  | { readonly type: "export"; readonly format: "csv" | "json" };

/** Host to anchors panel. */
export type ToAnchors =
  /** A run to show from the beginning: its samples follow. */
  | { readonly type: "show"; readonly run: RunView }
  | { readonly type: "progress"; readonly progress: RunProgress }
  /** Samples `first`, `first + 1`, …; more than once while they grow, and again when they have been scored. */
  | {
      readonly type: "samples";
      readonly role: Role;
      readonly first: number;
      readonly samples: readonly SampleView[];
    }
  | {
      readonly type: "alignment";
      readonly role: Role;
      readonly aligner: Aligner;
      readonly alignment: AlignmentView;
    }
  /** One of those that `options` asked for; also sent once after `alignment`. */
  | {
      readonly type: "anchors";
      readonly role: Role;
      readonly aligner: Aligner;
      readonly anchors: AnchorsView;
    }
  /** The last `options` are done with: all anchors have been sent, or an error. */
  | { readonly type: "answered" }
  | { readonly type: "error"; readonly message: string };

/** Anchors panel to host. */
export type FromAnchors =
  | { readonly type: "ready" }
  /** Find the anchors of both models again; the next `options` come after `answered`. */
  | { readonly type: "options"; readonly options: AnchorOptions }
  | { readonly type: "cancel" }
  | { readonly type: "resume" }
  /** Score imported samples under the pair. */
  | { readonly type: "score" }
  | { readonly type: "openSample"; readonly role: Role; readonly sample: number }
  /** Save a picture; `data` is base64 of a PNG at twice the size on screen. */
  | { readonly type: "savePng"; readonly name: string; readonly data: string }
  | {
      readonly type: "saveText";
      readonly name: string;
      readonly format: "svg" | "csv";
      readonly text: string;
    };
