import { sequencesOf } from "../../engine/blocks";
import type { SamplerSettings } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { availableMemory } from "../../engine/freeMemory";
import { joinedTokens } from "../../engine/joinedTokens";
import { windowLength } from "../../engine/windowLength";
import type { DrawnContinuation } from "../../protocol/continuation";
import { checkMemory } from "../runs/draw";
import type { ModelInUse } from "../runs/runJob";
import { chooseWidth } from "../runs/settings";
import { drawnText } from "./drawnText";
import { type GivenToken, samePieceAs } from "./givenToken";

export interface ContinueTextRequest extends ModelInUse {
  /** The text that is gone on with, as it is: no chat prompt, no frame. */
  readonly before: string;
  /** What every continuation begins with; null: nothing is given. */
  readonly first: GivenToken | null;
  /** Numbers of the samples to draw; sample i has a generator seeded by (seed, i). */
  readonly samples: readonly number[];
  readonly seed: number;
  /** Of each continuation, at most. */
  readonly maxTokens: number;
  readonly sampler: SamplerSettings;
  /** Tokens that text and continuation have together; 0: as `windowLength`. */
  readonly window: number;
  readonly onContinuation: (continuation: DrawnContinuation) => void;
  /** Tokens drawn so far. */
  readonly onTokens?: (tokens: number) => void;
  readonly signal: AbortSignal;
}

/** What was read of the text before. */
export interface ReadBefore {
  /** Tokens, less the one that stands before every text. */
  readonly tokens: number;
  readonly isCut: boolean;
}

/**
 * Draws a model's continuations of a text: those that `Engine.sample` draws of its tokens under the same numbers and seed. Of a text
 * that the window does not hold beside them, the last tokens are read.
 * @throws EngineError `ContextTooSmall`, `TextTooShort`, `OutOfMemory`, `Cancelled`; what was drawn before has been told
 */
export async function continueText(request: ContinueTextRequest): Promise<ReadBefore> {
  const { engine, loaded, samples, seed, maxTokens, sampler, signal } = request;
  const { prompt, read } = await promptOf(request);
  if (samples.length === 0) return read;
  const room = prompt.length + maxTokens;
  const free = availableMemory();
  const width = chooseWidth(loaded.keyValueBytesPerToken, room, free);
  const advice = "Close other programs, or choose a smaller window.";
  checkMemory(loaded, sequencesOf(width, samples.length), room, free, advice);
  await engine.sample(
    { model: loaded.id, prompt, samples, width, maxTokens, seed, sampler },
    ({ index, ids, ended }) =>
      request.onContinuation({ sample: index, ...drawnText(ids, loaded.vocabulary), ended }),
    request.onTokens,
    signal,
  );
  return read;
}

/** UTF-16 units of the text's end that are tokenized for each token that is read: more than tokens have. */
const UNITS_PER_TOKEN = 16;

async function promptOf(
  request: ContinueTextRequest,
): Promise<{ readonly prompt: Int32Array; readonly read: ReadBefore }> {
  const { engine, loaded, before, first, signal } = request;
  const given = first && samePieceAs(first, loaded.vocabulary);
  const text = first !== null && given === null ? before + first.text : before;
  const ending = Int32Array.from(given === null ? [] : [given]);
  const room = roomOf(request) - ending.length;
  const end = endOfText(text, room * UNITS_PER_TOKEN);
  const parts = [{ text: end, parseSpecial: false }];
  const tokens = await engine.tokenizePrompt(loaded.id, parts, signal);
  const { bos } = loaded.vocabulary;
  const startLength = bos !== null && tokens[0] === bos ? 1 : 0;
  const isCut = end.length < text.length || tokens.length > room;
  const context = tokens.subarray(
    Math.max(startLength, tokens.length - Math.max(0, room - startLength)),
  );
  const prompt = joinedTokens([tokens.subarray(0, startLength), context, ending]);
  return { prompt, read: { tokens: context.length, isCut } };
}

/** Tokens that there may be before the continuation. @throws EngineError `ContextTooSmall` */
function roomOf({ loaded, window, maxTokens }: ContinueTextRequest): number {
  const { name, trainedContext } = loaded.facts;
  const whole = Math.min(windowLength(window, trainedContext), trainedContext);
  const room = whole - maxTokens;
  // The token before every text, one of the text, and one that is given.
  if (room >= 3) return room;
  throw new EngineError(
    "ContextTooSmall",
    `Continuations of ${maxTokens} tokens leave no room for the text before them: ${name} reads ${whole} tokens at a time. Draw fewer tokens.`,
  );
}

/** At most so many UTF-16 units, and no half of a character. */
function endOfText(text: string, units: number): string {
  const start = Math.max(0, text.length - units);
  const isInPair = start > 0 && (text.charCodeAt(start) & 0xfc00) === 0xdc00;
  return text.slice(isInPair ? start + 1 : start);
}
