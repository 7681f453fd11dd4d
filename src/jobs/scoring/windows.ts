import { EngineError } from "../../engine/errors";
import { windowLength } from "../../engine/windowLength";
import type { WindowSettings } from "../../protocol/scores";

/** Fills in the defaults; a later window scores at least one token and keeps at least one of context. */
export function resolveWindows(settings: WindowSettings, trainedContext: number): WindowSettings {
  const window = windowLength(settings.window, trainedContext);
  const stride = Math.min(settings.stride || Math.floor(window / 2), window - 1);
  return { ...settings, window, stride: Math.max(1, stride) };
}

/**
 * Which tokens are decoded together, and which of them are scored.
 * Positions count the text's own tokens; BOS (or a chat prompt) stands before every window and is not counted.
 */
export interface Window {
  /** First token of the context. */
  readonly start: number;
  /** First token that is scored. */
  readonly scoredStart: number;
  readonly endExclusive: number;
}

/** The windows of a text, however long it is. */
export interface WindowPlan {
  /** The window of a number, in a text that has tokens enough for all of it. */
  readonly at: (index: number) => Window;
  /** What becomes of the last tokens where they are too few for a whole window. */
  readonly rest: "shorter window" | "not scored";
}

/**
 * Strided windows (docs/definitions.md, "Windows"). Window 0 scores all of its tokens; every later one holds
 * `room - stride` tokens of context and scores the next `stride`.
 * @param room tokens of the text that fit into a window beside what stands before it, ≥ 1
 * @param stride tokens that a later window scores, 1 .. room
 */
export function stridedPlan(room: number, stride: number): WindowPlan {
  return {
    at(index) {
      if (index === 0) return { start: 0, scoredStart: 0, endExclusive: room };
      const scoredStart = room + (index - 1) * stride;
      return {
        start: scoredStart - (room - stride),
        scoredStart,
        endExclusive: scoredStart + stride,
      };
    },
    rest: "shorter window",
  };
}

/**
 * Windows as llama.cpp's perplexity program cuts them (tools/perplexity): T = tokens (BOS included) gives floor(T / W)
 * windows without overlap, BOS replaces the first token of each, the 0-based positions W/2 + 1 .. W - 1 are scored.
 * @param window W, tokens a window holds, BOS included
 * @param bos whether BOS stands before every window
 */
export function compatiblePlan(window: number, bos: boolean): WindowPlan {
  const shift = bos ? 1 : 0;
  return {
    // Position p of window i is text token i * W + p - shift; with BOS, position 0 is no text token.
    at: (index) => ({
      start: index * window,
      scoredStart: index * window + Math.floor(window / 2) + 1 - shift,
      endExclusive: (index + 1) * window - shift,
    }),
    rest: "not scored",
  };
}

/**
 * @param settings resolved
 * @param prefixLength tokens that stand before every window
 * @throws EngineError `ContextTooSmall` where text has no room after the prefix
 */
export function windowPlan(settings: WindowSettings, prefixLength: number): WindowPlan {
  const { mode, window, stride } = settings;
  if (mode === "llama.cpp-compatible") return compatiblePlan(window, prefixLength > 0);
  const room = window - prefixLength;
  if (room < 2) {
    throw new EngineError(
      "ContextTooSmall",
      `A window of ${window} tokens has no room for text after the ${prefixLength} tokens that begin it: at least two tokens of text must fit. Choose a larger window (twinlens.window), or a shorter prompt.`,
    );
  }
  return stridedPlan(room, Math.min(stride, room));
}

/**
 * Refuses a text that llama.cpp's perplexity program would refuse.
 * @param tokens tokens of the text
 * @throws EngineError `TextTooShort`
 */
export function checkLength(tokens: number, settings: WindowSettings, prefixLength: number): void {
  const { mode, window } = settings;
  const all = tokens + Math.min(1, prefixLength);
  if (mode === "strided" || all >= 2 * window) return;
  throw new EngineError(
    "TextTooShort",
    `llama.cpp's perplexity needs at least ${2 * window} tokens (two windows); the text has ${all}. Choose a smaller window, or the strided mode.`,
  );
}

/** A text as the mode reads it: llama.cpp's perplexity program leaves out a line break at the end. */
export function scoredText(text: string, { mode }: WindowSettings): string {
  return mode === "llama.cpp-compatible" && text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** All windows of a text of so many tokens. */
export function windowsOf(plan: WindowPlan, tokens: number): Window[] {
  const windows: Window[] = [];
  let window: Window | null;
  while ((window = windowWithin(plan, windows.length, tokens)) !== null) windows.push(window);
  return windows;
}

/** A window of a text of so many tokens, a shorter one at its end; null: there is none of that number. */
export function windowWithin(plan: WindowPlan, index: number, tokens: number): Window | null {
  const window = plan.at(index);
  if (window.endExclusive <= tokens) return window;
  if (plan.rest === "not scored" || window.scoredStart >= tokens) return null;
  return { ...window, endExclusive: tokens };
}

/** Without a prefix, the first token of a window has no context to be scored in. */
export function withContext(window: Window, prefixLength: number): Window {
  if (prefixLength > 0) return window;
  return { ...window, scoredStart: Math.max(window.scoredStart, window.start + 1) };
}
