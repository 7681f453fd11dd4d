/**
 * Messages between the extension host and the language server, beside LSP's own. Offsets are UTF-16 units into the
 * document's text at `version`. Columns stay in the server: the host asks for what it shows.
 */
import type { Measured } from "./measured";
import type { Role } from "./roles";
import type { RunPrompt } from "./runPrompt";
import type { ModelFacts, TextRange, TokenRange } from "./scores";
import type { Settings, View } from "./settings";

/** Method names of requests (host to server unless said otherwise). */
export const Method = {
  /** Score a document and keep its columns; resolves when done. {@link HighlightParams} -> {@link DocumentSummary} */
  highlight: "twinlens/highlight",
  /** Forget a document. {@link DocumentParams} -> null */
  clear: "twinlens/clear",
  /** Values to paint in a range. {@link CellsParams} -> {@link Cells} */
  cells: "twinlens/cells",
  /** Numbers of the document or a part. {@link SummaryParams} -> {@link DocumentSummary} */
  summary: "twinlens/summary",
  /** Next or previous divergent span. {@link DivergenceParams} -> {@link Divergence} | null */
  divergence: "twinlens/divergence",
  /** Everything known about the tokens at an offset. {@link OffsetParams} -> {@link TokenDetails} | null */
  details: "twinlens/details",
  /** Text of an alternative and the range it would replace. {@link AlternativeParams} -> {@link Replacement} | null */
  alternative: "twinlens/alternative",
  /** Data of the report panel. {@link DocumentParams} -> {@link DocumentReport} */
  report: "twinlens/report",
  /** The document's scores as text. {@link ExportParams} -> string */
  export: "twinlens/export",
  /** Seconds a job would take, from the measured rate. {@link HighlightParams} -> {@link Estimate} */
  estimate: "twinlens/estimate",
  /** State of the pair. void -> {@link ModelsState} */
  models: "twinlens/models",
  /** Load both models now. void -> {@link ModelsState} */
  load: "twinlens/load",
  /** Free both models. void -> {@link ModelsState} */
  unload: "twinlens/unload",
  /** What follows from pairing two files. {@link ComparePairParams} -> {@link PairComparison} */
  comparePair: "twinlens/comparePair",
} as const;

/** Method names of notifications. */
export const Notice = {
  /** Host to server: settings or live mode changed. {@link Configuration} */
  configure: "twinlens/configure",
  /** Host to server: what is on screen is scored first. {@link VisibleParams} */
  visible: "twinlens/visible",
  /** Host to server: the selection moved in a highlighted document; hints follow it. {@link SelectionParams} */
  selection: "twinlens/selection",
  /** Host to server: scoring ends, that of live mode as well. {@link CancelParams} */
  cancel: "twinlens/cancel",
  /** Server to host: a job moved. {@link ScoringProgress} */
  progress: "twinlens/progress",
  /** Server to host: what runs and what waits, after every change. {@link Job}[] */
  jobs: "twinlens/jobs",
  /** Server to host: new values can be fetched, or old ones became stale. {@link Scored} */
  scored: "twinlens/scored",
  /** Server to host: a model was loaded, unloaded or failed. {@link ModelsState} */
  modelsChanged: "twinlens/modelsChanged",
} as const;

/** `initializationOptions` of the server, and the parameter of `configure`. */
export interface Configuration {
  readonly settings: Settings;
  /** Score highlighted texts again while the user types. */
  readonly live: boolean;
  /** The pair in use with absolute paths. */
  readonly pair: {
    readonly name: string;
    readonly base: string | null;
    readonly rlhf: string | null;
  };
  /** Folder for cached scores; null: none. */
  readonly storagePath: string | null;
}

export interface DocumentParams {
  readonly uri: string;
}

export interface CancelParams {
  /** null: of all documents. */
  readonly uri: string | null;
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

export interface VisibleParams extends DocumentParams {
  readonly visible: TextRange;
}

export interface SelectionParams extends DocumentParams {
  /** Empty: where the cursor stands. */
  readonly selection: TextRange;
}

/** The range of the document to paint, and the view. */
export interface CellsParams extends DocumentParams {
  readonly view: View;
  readonly range: TextRange;
}

/**
 * Values to paint, one per cell (a token; in the difference view a segment), in text order. `starts`, `ends` are
 * little-endian u32 UTF-16 offsets, `values` f32: surprisal in bits (base, rlhf), log2 p_base - log2 p_RLHF in bits
 * (difference), rank under the RLHF model (rank) or the base model (baseRank). All in base64; {@link packNumbers} and
 * {@link unpackFloats} / {@link unpackOffsets} convert.
 */
export interface Cells {
  readonly version: number;
  readonly starts: string;
  readonly ends: string;
  readonly values: string;
  /** Parts of `range` whose values belong to an earlier version of the text; marked, never shown as current. */
  readonly stale: readonly TextRange[];
}

export interface SummaryParams extends DocumentParams {
  readonly range: TextRange | null;
}

/** A mean with its standard error or interval; units stand with the field. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One model's numbers over the scored tokens. */
export interface RoleSummary {
  readonly model: ModelFacts;
  /** Tokens of the text. */
  readonly tokens: number;
  /** Tokens with a probability. */
  readonly scoredTokens: number;
  readonly bits: number;
  readonly perplexity: number;
  /** ppl x sd(nll) / sqrt(n - 1), as llama.cpp gives it. */
  readonly perplexityError: number;
  readonly bitsPerByte: number;
  readonly bitsPerWord: number;
  /** Final token range of a partial result. */
  readonly scoredRange: TokenRange;
  /** What the model read before the text, control tokens included; null: no prompt. */
  readonly prompt: string | null;
}

/** How much text both models scored. */
export interface CommonAmount {
  readonly segments: number;
  readonly baseTokens: number;
  readonly rlhfTokens: number;
  readonly baseBits: number;
  readonly rlhfBits: number;
}

export interface Summary {
  readonly version: number;
  readonly complete: boolean;
  readonly range: TextRange | null;
  readonly base: RoleSummary | null;
  readonly rlhf: RoleSummary | null;
  /** True: the two models tokenize alike, so perplexities compare; false: bits per byte do. */
  readonly sameTokenizer: boolean;
  /** Both models read the text behind BOS, or both without it. */
  readonly sameBos: boolean;
  /** The text that both models scored, which all that follows is of; null with one model. */
  readonly common: CommonAmount | null;
  /** Of perplexity, or of bits per byte where tokenizers differ, per cent; null with one model. */
  readonly increasePercent: number | null;
  /** Mean difference in bits per token, or per segment where tokenizers differ (RLHF minus base), with its interval. */
  readonly paired: Interval | null;
  /** What makes the numbers, or their comparison, doubtful: sentences without a full stop, names not escaped. */
  readonly cautions: readonly string[];
  /** The most divergent spans, largest absolute difference first. */
  readonly divergences: readonly Divergence[];
}

/** The numbers of a document or a part of it, and what they were measured with. */
export interface DocumentSummary extends Summary {
  readonly measured: Measured;
}

export interface DivergenceParams extends DocumentParams {
  readonly offset: number;
  readonly direction: "next" | "previous";
}

/** A stretch of text on which the models differ. */
export interface Divergence {
  readonly range: TextRange;
  /** Summed log2 p_base - log2 p_RLHF: positive where the RLHF model is more surprised. */
  readonly bits: number;
  /** The text, cut to 60 characters. */
  readonly text: string;
}

export interface OffsetParams extends DocumentParams {
  readonly offset: number;
}

/** One entry of a distribution. */
export interface Alternative {
  readonly id: number;
  /** The piece's text, control characters made visible. */
  readonly label: string;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
  /** False where the piece is no text that can be inserted (a control token, half a character). */
  readonly insertable: boolean;
}

/** One token as one model sees it. */
export interface RoleToken {
  readonly role: Role;
  readonly token: number;
  readonly id: number;
  readonly range: TextRange;
  readonly label: string;
  readonly flags: number;
  /** null: not scored. */
  readonly score: {
    readonly logProbability: number;
    readonly rank: number;
    readonly entropyBits: number;
    readonly coverage: number;
    readonly alternatives: readonly Alternative[];
  } | null;
}

export interface TokenDetails {
  readonly version: number;
  /** Scored for an earlier text, or with other models or settings. */
  readonly stale: boolean;
  readonly measured: Measured;
  /** Tokens at the offset, base first; several of a role where they share a character. */
  readonly tokens: readonly RoleToken[];
}

export interface AlternativeParams extends DocumentParams {
  readonly version: number;
  readonly role: Role;
  readonly token: number;
  readonly alternative: number;
}

export interface Replacement {
  readonly range: TextRange;
  readonly text: string;
}

export interface ExportParams extends DocumentParams {
  readonly format: "csv" | "json" | "markdown";
}

export interface Estimate {
  /** Seconds for the whole request; null when no rate is known yet. */
  readonly seconds: number | null;
  readonly tokens: number;
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

export interface ModelState {
  readonly role: Role;
  readonly path: string;
  readonly state: "unloaded" | "loading" | "loaded" | "failed";
  readonly facts: ModelFacts | null;
  /** What went wrong and what to do about it, when `failed`. */
  readonly error: string | null;
}

export interface ModelsState {
  readonly pair: string;
  readonly models: readonly ModelState[];
  /** Set when the two do not fit in memory together. */
  readonly note: string | null;
}

export interface ComparePairParams {
  readonly base: string;
  readonly rlhf: string;
}

export interface PairComparison {
  readonly sameTokenizer: boolean;
  readonly sameBos: boolean;
  readonly consequence: string;
}

/** One model's part of the report panel. */
export interface RoleReport {
  readonly summary: RoleSummary;
  /** Tokens by surprisal, bins of one bit: `[0,1), [1,2), …`, the last one open. */
  readonly histogram: readonly number[];
  /** Mean C(k) for `concentrationKs`, 0 .. 1. */
  readonly concentration: readonly number[];
  /** Mean number of entries with p > 1e-8. */
  readonly coverage: number;
  /** Coverage in per cent of the vocabulary. */
  readonly coveragePercent: number;
  readonly meanEntropyBits: number;
  /** Running mean of surprisal in bits over up to 500 equal stretches of text; `offset` is UTF-16. */
  readonly running: readonly { readonly offset: number; readonly bits: number }[];
}

export interface ReportData {
  readonly uri: string;
  /** Shown as the title. */
  readonly name: string;
  readonly summary: Summary;
  readonly concentrationKs: readonly number[];
  readonly base: RoleReport | null;
  readonly rlhf: RoleReport | null;
  /** Segments, at most 2,000 (evenly drawn): bits under both, and where they stand. */
  readonly scatter: readonly {
    readonly base: number;
    readonly rlhf: number;
    readonly start: number;
    readonly endExclusive: number;
    readonly text: string;
  }[];
}

/** The report of a document, and what it was measured with. */
export interface DocumentReport extends ReportData {
  readonly measured: Measured;
}

// Both are in every browser and in Node, but in no library that this layer may name.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

/** Packs numbers for {@link Cells}. */
export function packNumbers(numbers: Uint32Array | Float32Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

/** Reads offsets packed by {@link packNumbers}. */
export function unpackOffsets(packed: string): Uint32Array {
  return new Uint32Array(unpackBytes(packed));
}

/** Reads values packed by {@link packNumbers}. */
export function unpackFloats(packed: string): Float32Array {
  return new Float32Array(unpackBytes(packed));
}

function unpackBytes(packed: string): ArrayBuffer {
  const binary = atob(packed);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
