import {
  AgreementMeasure,
  type AgreementSums,
  type NotMeasured,
} from "../../analysis/scores/agreement";
import { commonEntries } from "../../engine/commonEntries";
import type { ComparedWindow } from "../../engine/agreement";
import type { LoadedModel } from "../../engine/engine";
import { isTextFault } from "../../engine/errors";
import { joinedTokens } from "../../engine/joinedTokens";
import type { Role } from "../../protocol/roles";
import type { WindowSettings } from "../../protocol/scores";
import type { HeldModel, ScoreWindowRequest } from "./scoreWindow";
import { TextStream } from "./textStream";

export interface AgreementRequest {
  /** As of {@link TextStream}. */
  readonly context?: string;
  readonly models: {
    /** Both are in memory, as far as is known. */
    readonly together: boolean;
    hold(role: Role): Promise<HeldModel>;
  };
  readonly settings: WindowSettings;
  /** After every batch: the UTF-16 offset up to which the text is compared, about. */
  readonly onProgress?: (reached: number) => void;
  readonly signal?: AbortSignal;
}

/** Of a text at hand; as of {@link AgreementStream}. */
export async function measureAgreement(
  text: string,
  request: AgreementRequest,
): Promise<AgreementSums | NotMeasured> {
  const stream = await AgreementStream.start(request);
  await stream.add(text);
  return stream.end();
}

/**
 * How far both models of a pair agree at every token of a text that comes in pieces (docs/definitions.md, "Agreement"): at those
 * that are scored, in the windows that score them. Constant memory, as of {@link TextStream}. What can't be compared is
 * not measured, as a whole, and says why.
 */
export class AgreementStream {
  private reason: string | null = null;
  private readonly measure = new AgreementMeasure();
  private readonly streams: TextStream[] = [];
  private isSame: (ours: Int32Array, theirs: Int32Array) => boolean = () => false;
  /** Windows of the base model and of the RLHF model that are not compared yet. */
  private readonly waiting: readonly [TextWindow[], TextWindow[]] = [[], []];
  /** UTF-16 units that came, and up to which they are compared. */
  private length = 0;
  private reached = 0;

  private constructor(private readonly request: AgreementRequest) {}

  /** @throws EngineError of what is no fault of the text, as do the others */
  static async start(request: AgreementRequest): Promise<AgreementStream> {
    const stream = new AgreementStream(request);
    await stream.attempt(() => stream.begin());
    return stream;
  }

  async add(piece: string): Promise<void> {
    this.length += piece.length;
    await this.attempt(async () => {
      for (const stream of this.streams) await stream.add(piece);
      await this.compareWaiting();
    });
  }

  /** The text is complete. */
  async end(): Promise<AgreementSums | NotMeasured> {
    await this.attempt(async () => {
      for (const stream of this.streams) await stream.end();
      await this.compareWaiting();
      if (this.waiting.some(({ length }) => length > 0)) this.reason ??= OTHER_TOKENS;
    });
    return this.reason === null ? this.measure.value() : { notMeasured: this.reason };
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.reason !== null) return;
    try {
      await work();
    } catch (error) {
      if (!isTextFault(error)) throw error;
      this.reason = error.message;
    }
  }

  private async begin(): Promise<void> {
    const held = await this.holdBoth();
    if (held === null) return;
    this.isSame = sameTokens(held[0].model, held[1].model);
    for (const [i, role] of PAIR.entries()) {
      this.streams.push(await this.windowsOf(role, this.waiting[i]!));
    }
    const [base, rlhf] = this.streams;
    if (base!.settings.window !== rlhf!.settings.window) this.reason = OTHER_WINDOWS;
  }

  private windowsOf(role: Role, waiting: TextWindow[]): Promise<TextStream> {
    const { context, models, settings, signal } = this.request;
    return TextStream.start({
      ...(context !== undefined && { context }),
      hold: () => models.hold(role),
      settings,
      distribution: null,
      onPart: () => undefined,
      use: (_, window) => {
        waiting.push(window);
        return Promise.resolve();
      },
      ...(signal && { signal }),
    });
  }

  /** Both models in one engine; null, with the reason noted: they can't be compared. */
  private async holdBoth(): Promise<readonly [HeldModel, HeldModel] | null> {
    const { models } = this.request;
    const held: HeldModel[] = [];
    for (const role of PAIR) {
      if (models.together) held.push(await models.hold(role));
    }
    const [base, rlhf] = held;
    if (!models.together) this.reason = NO_ROOM;
    else if (base!.engine !== rlhf!.engine) this.reason = OTHER_ENGINES;
    else if (!base!.engine.capabilities.compares) this.reason = NO_COMPARISON;
    else if (base!.model.id === rlhf!.model.id) this.reason = SAME_MODEL;
    return this.reason === null ? [base!, rlhf!] : null;
  }

  /** Compares the windows that both models have. */
  private async compareWaiting(): Promise<void> {
    const [ours, theirs] = this.waiting;
    const count = Math.min(ours.length, theirs.length);
    if (count === 0) return;
    const held = await this.holdBoth();
    if (held === null) return;
    const [{ engine, model: base }, { model: rlhf }] = held;
    const pairs = theirs.splice(0, count).map((their) => [ours.shift()!, their] as const);
    for (const [our, their] of pairs) this.reason ??= this.difference(our, their);
    if (this.reason !== null) return;
    const advance = this.progress(pairs.reduce((sum, [our]) => sum + scoredCount(our), 0));
    await engine.compare(
      { models: [base.id, rlhf.id], windows: pairs.map(comparedWindow) },
      (rows) => {
        this.measure.add(rows);
        advance(rows.count);
      },
      this.request.signal,
    );
  }

  /** Why two windows are not the same; null: they are. */
  private difference(ours: TextWindow, theirs: TextWindow): string | null {
    if (!this.isSame(ours.prefix, theirs.prefix)) return OTHER_START;
    const { start, scoredStart } = theirs.window;
    const isSameWindow = ours.window.start === start && ours.window.scoredStart === scoredStart;
    return isSameWindow && this.isSame(ours.ids, theirs.ids) ? null : OTHER_TOKENS;
  }

  /** Tells of tokens as they are compared, as if they were equally long. */
  private progress(tokens: number): (compared: number) => void {
    const { reached: from, length: to } = this;
    let done = 0;
    return (compared) => {
      done += compared;
      this.reached = from + ((to - from) * done) / tokens;
      this.request.onProgress?.(this.reached);
    };
  }
}

const PAIR = ["base", "rlhf"] as const;

type TextWindow = Pick<ScoreWindowRequest, "window" | "prefix" | "ids">;

const NO_ROOM = "memory holds only one of the models at a time";
const OTHER_ENGINES = "the models are not in one engine";
const NO_COMPARISON = "the engine does not read whole distributions of two models";
const SAME_MODEL = "both models are the same";
const OTHER_TOKENS = "the models cut the text into different tokens";
const OTHER_START =
  "the models begin windows with different tokens, such as BOS and none: the same can be asked for (--bos, twinlens.bos)";
const OTHER_WINDOWS =
  "the models' windows are of different lengths: one that suits both can be asked for (--window, twinlens.window)";

/** Whether tokens of one are those of the other: the same pieces, whatever numbers they have. */
function sameTokens(
  base: LoadedModel,
  rlhf: LoadedModel,
): (ours: Int32Array, theirs: Int32Array) => boolean {
  const { ids } = commonEntries(base.vocabulary, rlhf.vocabulary);
  const others = new Map(Array.from(ids[0], (id, i) => [id, ids[1][i]!]));
  return (ours, theirs) =>
    ours.length === theirs.length && ours.every((id, i) => others.get(id) === theirs[i]);
}

function comparedWindow([ours, theirs]: readonly [TextWindow, TextWindow]): ComparedWindow {
  const { window, prefix } = ours;
  return {
    tokens: [joinedTokens([prefix, ours.ids]), joinedTokens([theirs.prefix, theirs.ids])],
    scoredStart: window.scoredStart - window.start + prefix.length,
  };
}

function scoredCount({ window }: TextWindow): number {
  return window.endExclusive - window.scoredStart;
}
