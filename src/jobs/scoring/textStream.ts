import { firstCut } from "../../engine/cuts";
import type { DistributionRequest, Tokenization } from "../../engine/engine";
import type { ModelFacts, TokenColumns, WindowSettings } from "../../protocol/scores";
import { emptyColumns, readable, writeRows } from "./columns";
import { type HeldModel, scoreWindow } from "./scoreWindow";
import { firstAfter, partAfter, type ScoredPart } from "./columnsAfter";
import { joined, noTokens, sliced } from "./tokenizations";
import {
  checkLength,
  scoredText,
  type Window,
  windowPlan,
  type WindowPlan,
  windowWithin,
  withContext,
} from "./windows";
import { windowsFor } from "./windowStart";

export interface TextStreamRequest {
  /** Read before the text and not scored, as of `scoreTextAfter`; empty, the default: nothing is. */
  readonly context?: string;
  /** Asked before every use: models may take turns in memory. It is always the same model. */
  readonly hold: () => Promise<HeldModel>;
  readonly settings: WindowSettings;
  /** As of {@link scoreText}. */
  readonly distribution: DistributionRequest | null;
  readonly onPart: (part: ScoredPart) => void;
  /** What is done with each window that scores tokens; it is scored by default. */
  readonly use?: typeof scoreWindow;
  /** After every batch: the UTF-16 offset up to which the text is scored. */
  readonly onProgress?: (reached: number) => void;
  /** Least text that is tokenized at a time, UTF-16 units. */
  readonly pieceLength?: number;
  readonly signal?: AbortSignal;
}

/** `pieceLength` where nothing else is asked for. */
const PIECE_LENGTH = 65_536;

/**
 * Scores a text that comes in pieces, window by window and with the numbers of {@link scoreText}. No more is kept of it
 * than a window, and the words that wait for their end: it takes constant memory, but where a vocabulary has no place to
 * cut at (`cuts.ts`).
 */
export class TextStream {
  /** Text that has no tokens yet, and the line in which it begins. */
  private untokenized = "";
  private line = 1;
  /** Up to here it holds no place to cut at. */
  private searched: number;
  /** Tokens from number `firstToken` on, and text from `textStart` on: what later windows and parts need. */
  private tokens: Tokenization = noTokens();
  private firstToken = 0;
  private text = "";
  private textStart = 0;
  private textEnd = 0;
  /** Tokens that were given to `onPart`, and windows that were scored. */
  private given = 0;
  private windows = 0;
  /** Characters without a token in what parts still have of the context. */
  private withoutToken = 0;

  private constructor(
    private readonly request: TextStreamRequest,
    readonly model: ModelFacts,
    /** Resolved. */
    readonly settings: WindowSettings,
    private readonly prefix: Int32Array,
    private readonly plan: WindowPlan,
  ) {
    this.searched = this.pieceLength();
  }

  /** @throws EngineError `ContextTooSmall`, and what keeps the model from being held */
  static async start(request: TextStreamRequest): Promise<TextStream> {
    const { engine, model } = await request.hold();
    const { settings, prefix } = windowsFor(request.settings, model);
    const plan = windowPlan(settings, prefix.length);
    const read = { ...request, distribution: readable(engine, request.distribution) };
    const stream = new TextStream(read, model.facts, settings, prefix, plan);
    await stream.readContext();
    return stream;
  }

  private async readContext(): Promise<void> {
    const { context = "", hold, signal } = this.request;
    if (context === "") return;
    const { engine, model } = await hold();
    this.withoutToken = (await engine.tokenize(model.id, context, signal)).withoutToken;
    await this.add(context);
  }

  private contextLength(): number {
    return this.request.context?.length ?? 0;
  }

  /** @throws EngineError as of `Engine.tokenize` and `Engine.score` */
  async add(text: string): Promise<void> {
    this.untokenized += text;
    const { model } = await this.request.hold();
    const rules = { vocabulary: model.vocabulary, tokenizer: model.facts.tokenizer };
    let cut: number | null;
    while ((cut = firstCut(this.untokenized, this.searched, rules)) !== null) {
      await this.tokenize(this.untokenized.slice(0, cut));
      this.untokenized = this.untokenized.slice(cut);
      this.searched = this.pieceLength();
      await this.scoreWindows(false);
    }
    this.searched = Math.max(this.pieceLength(), this.untokenized.length);
  }

  /** The text is complete. @throws EngineError `TextTooShort`, and as {@link add} */
  async end(): Promise<void> {
    await this.tokenize(scoredText(this.untokenized, this.settings));
    checkLength(this.tokenCount(), this.settings, this.prefix.length);
    await this.scoreWindows(true);
    this.give(this.emptyPart(this.tokenCount()));
  }

  private pieceLength(): number {
    return this.request.pieceLength ?? PIECE_LENGTH;
  }

  private tokenCount(): number {
    return this.firstToken + this.tokens.id.length;
  }

  private async tokenize(piece: string): Promise<void> {
    const { engine, model } = await this.request.hold();
    const continues = this.textEnd === 0 ? null : { line: this.line };
    const found = await engine.tokenize(model.id, piece, this.request.signal, continues);
    this.tokens = joined(this.tokens, found, this.textEnd);
    this.text += piece;
    this.textEnd += piece.length;
    this.line += piece.split("\n").length - 1;
  }

  /** @param atEnd no more text comes: the last window may be shorter */
  private async scoreWindows(atEnd: boolean): Promise<void> {
    const { maxWindows } = this.settings;
    while (maxWindows === 0 || this.windows < maxWindows) {
      if (!atEnd && this.plan.at(this.windows).endExclusive > this.tokenCount()) return;
      const window = windowWithin(this.plan, this.windows, this.tokenCount());
      if (window === null) return;
      await this.score(this.behindContext(withContext(window, this.prefix.length)));
      this.windows++;
      this.forget();
    }
    this.give(this.emptyPart(this.tokenCount()));
    this.forget();
  }

  /** The window without what it would score of the context. */
  private behindContext(window: Window): Window {
    if (this.contextLength() === 0) return window;
    const { id, start, endExclusive } = this.tokens;
    const first = firstAfter({ count: id.length, start, endExclusive }, this.contextLength());
    const scoredStart = Math.max(window.scoredStart, this.firstToken + first);
    return { ...window, scoredStart: Math.min(scoredStart, window.endExclusive) };
  }

  private async score(window: Window): Promise<void> {
    const { firstToken, given, prefix, request } = this;
    const { start, scoredStart, endExclusive } = window;
    const context = this.contextLength();
    const ids = this.tokens.id.subarray(start - firstToken, endExclusive - firstToken);
    const part = this.emptyPart(endExclusive);
    if (scoredStart < endExclusive) {
      const use = request.use ?? scoreWindow;
      await use(await request.hold(), {
        window,
        prefix,
        ids,
        distribution: request.distribution,
        onRows(rows, token) {
          writeRows(part, rows, token - given);
          const reached = part.endExclusive[token - given + rows.count - 1]!;
          request.onProgress?.(reached - context);
        },
        ...(request.signal && { signal: request.signal }),
      });
    }
    this.give(part);
  }

  /** Columns of the tokens that were not given yet, up to a number. */
  private emptyPart(endExclusive: number): TokenColumns {
    const { tokens, firstToken, given } = this;
    const of = sliced(tokens, given - firstToken, endExclusive - firstToken);
    this.tokens = { ...tokens, withoutToken: 0 };
    return emptyColumns(of, this.request.distribution);
  }

  private give(columns: TokenColumns): void {
    const { text, textStart } = this;
    const reach = columns.endExclusive[columns.count - 1] ?? textStart;
    const part = { text: text.slice(0, reach - textStart), textStart, columns };
    const inContext = Math.min(columns.withoutToken, this.withoutToken);
    this.withoutToken -= inContext;
    const context = this.contextLength();
    this.request.onPart(context > 0 ? partAfter(part, context, inContext) : part);
    this.given += columns.count;
  }

  /** Lets go of what neither the next window nor the next part needs: a part begins with the last token of the one before. */
  private forget(): void {
    const { tokens, firstToken, given, windows } = this;
    const { maxWindows } = this.settings;
    const isDone = maxWindows > 0 && windows >= maxWindows;
    const needed = isDone ? given : this.plan.at(windows).start;
    const last = Math.max(0, given - 1);
    const first = Math.min(needed, last);
    const textStart = tokens.start[last - firstToken] ?? this.textStart;
    this.text = this.text.slice(textStart - this.textStart);
    this.textStart = textStart;
    this.tokens = sliced(tokens, first - firstToken, tokens.id.length);
    this.firstToken = first;
  }
}
