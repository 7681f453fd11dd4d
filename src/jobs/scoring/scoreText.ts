import { isScored } from "../../analysis/text/tokens";
import type {
  TextRange,
  TokenColumns,
  TokenRange,
  WindowSettings,
  WordBoundary,
} from "../../protocol/scores";
import { sameModel } from "../../protocol/modelIdentity";
import type { TextScores } from "../../protocol/textScores";
import type { DistributionRequest, LoadedModel, Tokenization } from "../../engine/engine";
import { cancelled, isCancelled } from "../../engine/errors";
import { textOfPieces } from "../../engine/pieces";
import { type HeldModel, scoreWindow } from "./scoreWindow";
import { windowsFor } from "./windowStart";
import { withEnd } from "./withEnd";
import { emptyColumns, readable, sliceColumns, writeRows } from "./columns";
import {
  checkLength,
  scoredText,
  type Window,
  windowPlan,
  windowsOf,
  withContext,
} from "./windows";

export interface ScoreTextRequest extends HeldModel {
  readonly text: string;
  readonly settings: WindowSettings;
  /** What is wanted of the whole distribution at each token; null: log-probabilities alone. */
  readonly distribution: DistributionRequest | null;
  /** Where words are taken to end, whose probability is wanted at each border of tokens; null, the default: nobody asks for it. */
  readonly boundary?: WordBoundary | null;
  /** Only tokens that overlap this UTF-16 range are scored; their context before it counts. */
  readonly range?: TextRange;
  /** What is wanted first, asked before every window; UTF-16 range. */
  readonly visible?: () => TextRange | null;
  /** Scores of an earlier version of the text: rows before the first changed token are taken over. */
  readonly previous?: TextScores;
  /** Tokens before every window in place of `settings.bos`: a rendered chat prompt, which is not scored itself. */
  readonly prefix?: Int32Array;
  /** Called after every batch with the columns so far (the same arrays, filled in place). */
  readonly onProgress?: (columns: TokenColumns, scored: TokenRange, fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** What a prefix says, as scores have it. */
export function promptOf(
  { vocabulary }: LoadedModel,
  prefix: Int32Array | null,
): TextScores["prompt"] {
  return prefix?.length ? textOfPieces(vocabulary, prefix) : null;
}

/**
 * Scores a text window by window: those on screen first, then in text order. After a cancel the scores so far are
 * returned with `complete: false`.
 * @throws EngineError `TextTooShort` (compatible mode), `ContextTooSmall`, `UnsupportedTokenizer`, `EngineCrashed`
 */
export async function scoreText(wanted: ScoreTextRequest): Promise<TextScores> {
  const { engine, model, signal } = wanted;
  const request = { ...wanted, distribution: readable(engine, wanted.distribution) };
  const { settings, prefix: beginning } = windowsFor(request.settings, model);
  const text = scoredText(request.text, settings);
  const tokenization = await engine.tokenize(model.id, text, signal);
  const prefix = request.prefix ?? beginning;
  const columns = emptyColumns(tokenization, request.distribution, request.boundary);
  const kept = request.previous ? takeOver(columns, request.previous, model, settings) : 0;
  const tokens =
    columns.boundary && settings.mode === "strided"
      ? withEnd(tokenization, text.length, model.vocabulary)
      : tokenization;
  const windows = planWindows(tokens, settings, prefix.length)
    .map((window) => withContext(window, prefix.length))
    .map((window) => narrow(window, tokens, request.range, kept))
    .filter((window) => window.scoredStart < window.endExclusive);

  const scored = new ScoredCount(windows, columns);
  try {
    await scoreWindows(request, { tokens, columns, windows, prefix, scored });
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
  return {
    model: model.facts,
    settings,
    columns,
    scoredRange: scored.range(),
    complete: scored.fraction() === 1,
    prompt: promptOf(model, request.prefix ?? null),
  };
}

/** What is read, and where scores go. */
interface PlannedText {
  /** Those of the text, and its end where that is one of them. */
  readonly tokens: Tokenization;
  readonly columns: TokenColumns;
  readonly windows: readonly Window[];
  /** Tokens before every window. */
  readonly prefix: Int32Array;
  readonly scored: ScoredCount;
}

async function scoreWindows(
  request: ScoreTextRequest,
  { tokens, columns, windows, prefix, scored }: PlannedText,
): Promise<void> {
  const { distribution, boundary = null, signal, visible, onProgress } = request;
  const waiting = [...windows];
  while (waiting.length > 0) {
    if (signal?.aborted) throw cancelled();
    const [window] = waiting.splice(mostWanted(waiting, tokens, visible?.() ?? null), 1) as [
      Window,
    ];
    await scoreWindow(request, {
      window,
      prefix,
      ids: tokens.id.subarray(window.start, window.endExclusive),
      distribution,
      boundary,
      onRows(rows, token) {
        writeRows(columns, rows, token);
        scored.add(token, rows.count);
        onProgress?.(columns, scored.range(), scored.fraction());
      },
      ...(signal && { signal }),
    });
  }
}

function planWindows(
  tokenization: Tokenization,
  settings: WindowSettings,
  prefixLength: number,
): Window[] {
  const tokens = tokenization.id.length;
  checkLength(tokens, settings, prefixLength);
  const windows = windowsOf(windowPlan(settings, prefixLength), tokens);
  return settings.maxWindows > 0 ? windows.slice(0, settings.maxWindows) : windows;
}

/** Cuts a window's scored part down to what is asked for and not known. */
function narrow(
  window: Window,
  tokenization: Tokenization,
  range: TextRange | undefined,
  kept: number,
): Window {
  let { scoredStart, endExclusive } = window;
  scoredStart = Math.max(scoredStart, kept);
  if (range !== undefined) {
    const { start: starts, endExclusive: ends } = tokenization;
    while (scoredStart < endExclusive && ends[scoredStart]! <= range.start) scoredStart++;
    while (endExclusive > scoredStart && starts[endExclusive - 1]! >= range.endExclusive)
      endExclusive--;
  }
  return { start: window.start, scoredStart, endExclusive };
}

/** Number of the window to score next: the first that touches what is on screen, else the first. */
function mostWanted(
  windows: readonly Window[],
  tokens: Tokenization,
  visible: TextRange | null,
): number {
  if (visible === null) return 0;
  const onScreen = windows.findIndex(
    ({ scoredStart, endExclusive }) =>
      tokens.start[scoredStart]! < visible.endExclusive &&
      tokens.endExclusive[endExclusive - 1]! > visible.start,
  );
  return Math.max(0, onScreen);
}

/**
 * Takes over the rows of an earlier version before the first changed token: there, windows and context are the same.
 * @returns the number of tokens taken over
 */
function takeOver(
  columns: TokenColumns,
  previous: TextScores,
  model: LoadedModel,
  settings: WindowSettings,
): number {
  const old = previous.columns;
  const alike =
    sameModel(previous.model.identity, model.facts.identity) &&
    old.distribution?.topK === columns.distribution?.topK &&
    old.boundary?.kind === columns.boundary?.kind &&
    JSON.stringify(previous.settings) === JSON.stringify(settings);
  if (!alike) return 0;
  const end = Math.min(columns.count, old.count);
  let kept = 0;
  while (kept < end && columns.id[kept] === old.id[kept] && isScoredOrFirst(old, kept)) kept++;
  const { boundary, ...rows } = sliceColumns(old, { start: 0, endExclusive: kept });
  writeRows(columns, { ...rows, boundary: boundary?.logProbability }, 0);
  return kept;
}

function isScoredOrFirst(columns: TokenColumns, token: number): boolean {
  return token === 0 || isScored(columns, token);
}

/** How many of the wanted tokens are scored, and where. */
class ScoredCount {
  private readonly wanted: number;
  private done = 0;
  private start: number;
  private endExclusive: number;

  constructor(
    windows: readonly Window[],
    private readonly columns: TokenColumns,
  ) {
    this.wanted = windows.reduce(
      (sum, window) => sum + window.endExclusive - window.scoredStart,
      0,
    );
    let start = 0;
    while (start < columns.count && !isScored(columns, start)) start++;
    let end = columns.count;
    while (end > start && !isScored(columns, end - 1)) end--;
    this.start = start === end ? Infinity : start;
    this.endExclusive = start === end ? 0 : end;
  }

  add(start: number, count: number): void {
    this.done += count;
    // The end of the text is no token.
    const end = Math.min(start + count, this.columns.count);
    if (start >= end) return;
    this.start = Math.min(this.start, start);
    this.endExclusive = Math.max(this.endExclusive, end);
  }

  range(): TokenRange {
    return this.endExclusive === 0
      ? { start: 0, endExclusive: 0 }
      : { start: this.start, endExclusive: this.endExclusive };
  }

  /** 0 .. 1 of what this job set out to score. */
  fraction(): number {
    return this.wanted === 0 ? 1 : this.done / this.wanted;
  }
}
