import { overlapF1 } from "../../analysis/scores/lastWord";
import type { TextRange, TokenRange } from "../../analysis/text/ranges";
import { tokensIn } from "../../analysis/text/tokens";
import type { Tokenization } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { joinedTokens } from "../../engine/joinedTokens";
import type { HeldModel } from "../scoring/scoreWindow";

/** A word of a passage: its range in the text, which is the whole passage. */
export interface HiddenWord extends TextRange {
  readonly text: string;
}

/** A hidden word as a model is asked for it. */
export interface Question {
  readonly word: HiddenWord;
  /** Of the whole passage. */
  readonly tokens: Tokenization;
  /** Those that overlap the word. */
  readonly target: TokenRange;
  /**
   * What stands before the target tokens, at least one token. Ranks and the model's own word follow the same context: where a
   * blank belongs to the word's token it is the model's to say, where it is a token of its own it is given.
   */
  readonly context: Int32Array;
  /** Tokens that the model may go on for. */
  readonly draws: number;
}

/** Words are not longer, tokens. */
const LONGEST_SAID = 64;

/**
 * @param prefix tokens that stand before every window
 * @param window tokens that a window holds: the context is what fits into it beside the word
 * @throws EngineError `TextTooShort`, `StretchTooLong`, and as of `Engine.tokenize`
 */
export async function questionOf(
  word: HiddenWord,
  { engine, model }: HeldModel,
  prefix: Int32Array,
  window: number,
  signal: AbortSignal,
): Promise<Question> {
  const tokens = await engine.tokenize(model.id, word.text, signal);
  const target = overlapping(tokens, word);
  const { start, endExclusive } = target;
  const wanted = endExclusive - start;
  const { name } = model.facts;
  if (wanted === 0) {
    throw new EngineError("UnsupportedTokenizer", `${name} has no token for this word.`);
  }
  const draws = Math.max(1, Math.min(LONGEST_SAID, window >> 1));
  const room = window - prefix.length - Math.max(wanted, draws);
  if (room < 0 || room + prefix.length < 1) {
    throw new EngineError(
      "StretchTooLong",
      `This word has ${wanted} tokens under ${name}: a window of ${window} has no room for what stands before it. Choose a larger window.`,
    );
  }
  const context = joinedTokens([prefix, tokens.id.subarray(Math.max(0, start - room), start)]);
  if (context.length === 0) {
    throw new EngineError(
      "TextTooShort",
      `Nothing stands before the word that ${name} could guess it from.`,
    );
  }
  return { word, tokens, target, context, draws };
}

/** How alike the hidden word and the one that the model says are. */
export interface Likeness {
  readonly isExact: boolean;
  /** 0 .. 1. */
  readonly f1: number;
}

/** Both words are tokenized in the same place of the passage. @throws EngineError as of `Engine.tokenize` */
export async function likenessOf(
  said: string,
  { word, tokens, target }: Question,
  { engine, model }: HeldModel,
  signal: AbortSignal,
): Promise<Likeness> {
  const { text, start, endExclusive } = word;
  if (said === text.slice(start, endExclusive)) return { isExact: true, f1: 1 };
  if (said === "") return { isExact: false, f1: 0 };
  const replaced = text.slice(0, start) + said + text.slice(endExclusive);
  const other = await engine.tokenize(model.id, replaced, signal);
  const place = overlapping(other, { start, endExclusive: start + said.length });
  const ids = ({ id }: Tokenization, range: TokenRange) =>
    Array.from(id.subarray(range.start, range.endExclusive));
  return { isExact: false, f1: overlapF1(ids(other, place), ids(tokens, target)) };
}

function overlapping(tokens: Tokenization, range: TextRange): TokenRange {
  return tokensIn({ count: tokens.id.length, ...tokens }, range);
}
