/** Messages between the extension host and the study panel; `panels.ts` says how requests are numbered and answered. */
import * as z from "zod/mini";
import { savePng, saveText } from "./panels";
import type { StudyReport } from "./studyFigure";

/** Host to study panel. */
export type ToStudy =
  /** All there is to show. Figures whose data are as before stay as they are on the page. */
  | {
      readonly type: "show";
      /** Of the study's file; what VS Code gives back when it restores the panel. */
      readonly uri: string;
      readonly title: string;
      readonly cells: readonly StudyCellView[];
      /** null: nothing is measured yet. */
      readonly report: StudyReport | null;
      readonly progress: StudyProgress;
    }
  /** As often as there is something to tell; the figures stay. */
  | {
      readonly type: "progress";
      readonly cells: readonly StudyCellView[];
      readonly progress: StudyProgress;
    }
  | { readonly type: "error"; readonly message: string };

/** One measure of one corpus under one model. */
export interface StudyCellView {
  readonly model: string;
  readonly corpus: string;
  readonly measure: string;
  readonly state: StudyCellState;
}

export type StudyCellState =
  | { readonly kind: "waiting" }
  /** 0 .. 1; null: unknown */
  | { readonly kind: "running"; readonly fraction: number | null }
  | { readonly kind: "done" }
  /** Taken from an earlier run, as nothing that it depends on has changed. */
  | { readonly kind: "cached" }
  | { readonly kind: "failed"; readonly reason: string };

/** Of the whole study. */
export interface StudyProgress {
  readonly running: boolean;
  /** 0 .. 1; null: unknown */
  readonly fraction: number | null;
  readonly secondsLeft: number | null;
  /** What is being done, in a few words. */
  readonly what: string | null;
}

/** Study panel to host. */
export const fromStudy = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    /** Begin, or go on with what is neither done nor cached. */
    z.object({ type: z.literal("run") }),
    z.object({ type: z.literal("cancel") }),
    /** A point or row was chosen; `target` is the figure's own. */
    z.object({ type: z.literal("openDocument"), target: z.string() }),
    savePng(),
    saveText("svg", "csv"),
    /** Save the whole report. */
    z.object({ type: z.literal("export"), format: z.enum(["html", "markdown"]) }),
  ]),
);
export type FromStudy = z.infer<typeof fromStudy>;
