/**
 * Messages between the extension host and the webview panels: one union per direction and panel, discriminated by `type`.
 * What a page sends are requests, and each is answered; the schemas are made when the first one comes.
 */
import * as z from "zod/mini";
import { anchorOptionsSchema } from "./anchorOptions";
import type {
  Aligner,
  AlignmentView,
  AnchorsView,
  ChanceView,
  RunProgress,
  RunView,
  SampleView,
} from "./anchorViews";
import type { DocumentReport } from "./report";
import { type Role, ROLES } from "./roles";

/** A page's request on its way to the host. */
export interface Numbered<Request> {
  readonly number: number;
  readonly request: Request;
}

/** Host to page, once for every request. */
export interface PanelAnswer {
  readonly type: "answer";
  readonly number: number;
  /** What went wrong; null: it is done. */
  readonly error: string | null;
}

const count = () => z.int().check(z.gte(0));
/** Save a picture; `data` is base64 of a PNG. */
export const savePng = () =>
  z.object({ type: z.literal("savePng"), name: z.string(), data: z.base64() });
/** Save a drawing or a table as it is. */
export const saveText = <const Format extends "svg" | "csv">(...formats: readonly Format[]) =>
  z.object({
    type: z.literal("saveText"),
    name: z.string(),
    format: z.enum(formats),
    text: z.string(),
  });

/** Host to report panel. */
export type ToReport =
  | { readonly type: "show"; readonly report: DocumentReport }
  | { readonly type: "error"; readonly message: string };

/** Report panel to host. */
export const fromReport = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    /** The user picked a place in the text; UTF-16 offsets. */
    z.object({ type: z.literal("reveal"), start: count(), endExclusive: count() }),
    savePng(),
    saveText("svg"),
    z.object({ type: z.literal("export"), format: z.enum(["csv", "json"]) }),
  ]),
);
export type FromReport = z.infer<typeof fromReport>;

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
  /** Found after everything else; a run that has too few samples or sentences has none. */
  | { readonly type: "chance"; readonly role: Role; readonly chance: ChanceView }
  | { readonly type: "error"; readonly message: string };

/** Anchors panel to host. */
export const fromAnchors = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    /** Find the anchors of both models again; done when all have been sent. */
    z.object({ type: z.literal("options"), options: anchorOptionsSchema }),
    z.object({ type: z.literal("cancel") }),
    z.object({ type: z.literal("resume") }),
    /** Score imported samples under the pair. */
    z.object({ type: z.literal("score") }),
    z.object({ type: z.literal("openSample"), role: z.enum(ROLES), sample: count() }),
    savePng(),
    saveText("svg", "csv"),
  ]),
);
export type FromAnchors = z.infer<typeof fromAnchors>;
