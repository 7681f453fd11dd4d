import { firstCut } from "../../engine/cuts";
import type { DistributionRequest, Tokenization } from "../../engine/engine";
import type { ModelFacts, TokenColumns, WindowSettings } from "../../protocol/scores";
import { emptyColumns, readable, writeRows } from "./columns";
import { type HeldModel, scoreWindow } from "./scoreWindow";
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

/** Tokens of a text, behind those of the part before. */
export interface ScoredPart {
  /** The text from `textStart` on, as far as the tokens reach; it begins no later than the last token of the part before. */
  readonly text: string;
  readonly textStart: number;
  /** Offsets into the whole text; characters without a token are those since the part before. */
  readonly columns: TokenColumns;
}

export interface TextStreamRequest {
  /** Asked before every use: models may take turns in memory. It is always the same model. */
  readonly hold: () => Promise<HeldModel>;
  readonly settings: WindowSettings;
  /** As of {@link scoreText}. */
  readonly distribution: DistributionRequest | null;
  readonly onPart: (part: ScoredPart) => void;
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
    return new TextStream(read, model.facts, settings, prefix, plan);
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
      await this.score(withContext(window, this.prefix.length));
      this.windows++;
      this.forget();
    }
    this.give(this.emptyPart(this.tokenCount()));
    this.forget();
  }

  private async score(window: Window): Promise<void> {
    const { firstToken, given, prefix, request } = this;
    const { start, scoredStart, endExclusive } = window;
    const ids = this.tokens.id.subarray(start - firstToken, endExclusive - firstToken);
    const part = this.emptyPart(endExclusive);
    if (scoredStart < endExclusive) {
      await scoreWindow(await request.hold(), {
        window,
        prefix,
        ids,
        distribution: request.distribution,
        onRows(rows, token) {
          writeRows(part, rows, token - given);
          request.onProgress?.(part.endExclusive[token - given + rows.count - 1]!);
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
    this.request.onPart({ text: text.slice(0, reach - textStart), textStart, columns });
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

function noTokens(): Tokenization {
  return {
    id: new Int32Array(0),
    start: new Uint32Array(0),
    endExclusive: new Uint32Array(0),
    flags: new Uint8Array(0),
    withoutToken: 0,
  };
}

/** @param offset of the second text in the whole */
function joined(a: Tokenization, b: Tokenization, offset: number): Tokenization {
  const count = a.id.length + b.id.length;
  const join = <T extends Int32Array | Uint32Array | Uint8Array>(whole: T, first: T, second: T) => {
    whole.set(first);
    whole.set(second, first.length);
    return whole;
  };
  const moved = (offsets: Uint32Array) => offsets.map((at) => at + offset);
  return {
    id: join(new Int32Array(count), a.id, b.id),
    start: join(new Uint32Array(count), a.start, moved(b.start)),
    endExclusive: join(new Uint32Array(count), a.endExclusive, moved(b.endExclusive)),
    flags: join(new Uint8Array(count), a.flags, b.flags),
    withoutToken: a.withoutToken + b.withoutToken,
  };
}

/** Copies, which keep nothing else alive. */
function sliced(tokens: Tokenization, start: number, endExclusive: number): Tokenization {
  return {
    id: tokens.id.slice(start, endExclusive),
    start: tokens.start.slice(start, endExclusive),
    endExclusive: tokens.endExclusive.slice(start, endExclusive),
    flags: tokens.flags.slice(start, endExclusive),
    withoutToken: tokens.withoutToken,
  };
}
