/**
 * Messages about documents. Offsets are UTF-16 units into the document's text at `version`. Columns stay in the server:
 * the host asks for what it shows.
 */
import type { Cells } from "./cells";
import { event, notice, request } from "./channel";
import type { DocumentReport } from "./report";
import type { Role } from "./roles";
import type { RunPrompt } from "./runPrompt";
import type { TextRange } from "./scores";
import type { View } from "./settings";
import type { Divergence, DocumentSummary } from "./summary";
import type { Replacement, TokenDetails } from "./tokenDetails";

export const DocumentRequest = {
  /** Score a document and keep its columns; resolves when done. */
  highlight: request<HighlightParams, DocumentSummary>("twinlens/highlight"),
  /** Seconds a job would take, from the measured rate. */
  estimate: request<HighlightParams, Estimate>("twinlens/estimate"),
  /** Forget a document. */
  clear: request<DocumentParams, null>("twinlens/clear"),
  /** Values to paint in a range. */
  cells: request<CellsParams, Cells>("twinlens/cells"),
  /** Numbers of the document or a part. */
  summary: request<SummaryParams, DocumentSummary>("twinlens/summary"),
  /** Next or previous divergent span. */
  divergence: request<DivergenceParams, Divergence | null>("twinlens/divergence"),
  /** Everything known about the tokens at an offset. */
  details: request<OffsetParams, TokenDetails | null>("twinlens/details"),
  /** Text of an alternative and the range it would replace. */
  alternative: request<AlternativeParams, Replacement | null>("twinlens/alternative"),
  /** Data of the report panel. */
  report: request<DocumentParams, DocumentReport>("twinlens/report"),
  /** The document's scores as text. */
  export: request<ExportParams, string>("twinlens/export"),
};

export const DocumentNotice = {
  /** What is on screen is scored first. */
  visible: notice<VisibleParams>("twinlens/visible"),
  /** The selection moved in a highlighted document; hints follow it. */
  selection: notice<SelectionParams>("twinlens/selection"),
  /** Scoring ends, that of live mode as well. */
  cancel: notice<CancelParams>("twinlens/cancel"),
};

export const DocumentEvent = {
  /** A job moved. */
  progress: event<ScoringProgress>("twinlens/progress"),
  /** New values can be fetched, or old ones became stale. */
  scored: event<Scored>("twinlens/scored"),
};

export interface DocumentParams {
  readonly uri: string;
}

export interface HighlightParams extends DocumentParams {
  /** Score only this part (its context before it counts); null: the whole document. */
  readonly range: TextRange | null;
  /** What is on screen, scored first; null: text order. */
  readonly visible: TextRange | null;
  /** Score only what is on screen. */
  readonly visibleOnly: boolean;
  /** The text before `range` is a prompt, `range` the answer: the RLHF model sees its chat template. */
  readonly asReply: boolean;
  /** The text goes on with this prompt, as a run's sample does: both models read it first; null, and for a reply: with none. */
  readonly prompt: RunPrompt | null;
  /** `range`, `asReply` and `prompt` are those of the document's last request, as edits have moved them since. */
  readonly again?: boolean;
}

/** The range of the document to paint, and the view. */
export interface CellsParams extends DocumentParams {
  readonly view: View;
  readonly range: TextRange;
}

export interface SummaryParams extends DocumentParams {
  readonly range: TextRange | null;
}

export interface DivergenceParams extends DocumentParams {
  readonly offset: number;
  readonly direction: "next" | "previous";
}

export interface OffsetParams extends DocumentParams {
  readonly offset: number;
}

export interface AlternativeParams extends DocumentParams {
  readonly version: number;
  readonly role: Role;
  readonly token: number;
  readonly alternative: number;
}

export interface ExportParams extends DocumentParams {
  readonly format: "csv" | "json" | "markdown";
  /** What rows of CSV and JSON are; tokens by default. */
  readonly unit?: "token" | "word";
}

export interface Estimate {
  /** Seconds for the whole request; null when no rate is known yet. */
  readonly seconds: number | null;
  readonly tokens: number;
}

export interface VisibleParams extends DocumentParams {
  readonly visible: TextRange;
}

export interface SelectionParams extends DocumentParams {
  /** Empty: where the cursor stands. */
  readonly selection: TextRange;
}

export interface CancelParams {
  /** null: of all documents. */
  readonly uri: string | null;
}

export interface ScoringProgress extends DocumentParams {
  readonly phase: "loading" | "tokenizing" | "scoring" | "idle";
  readonly role: Role | null;
  /** 0 .. 1 within the whole job. */
  readonly fraction: number;
  readonly secondsLeft: number | null;
}

export interface Scored extends DocumentParams {
  readonly version: number;
  /** Parts whose values changed. */
  readonly ranges: readonly TextRange[];
  readonly complete: boolean;
}
