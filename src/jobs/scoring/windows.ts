import { windowLength } from "../../engine/windowLength";
import type { WindowSettings } from "../../protocol/scores";

/** Fills in the defaults; a later window scores at least one token and keeps at least one of context. */
export function resolveWindows(settings: WindowSettings, trainedContext: number): WindowSettings {
  const window = windowLength(settings.window, trainedContext);
  const stride = Math.min(settings.stride || Math.floor(window / 2), window - 1);
  return { ...settings, window, stride: Math.max(1, stride) };
}

/**
 * Which tokens are decoded together, and which of them are scored, for a text of `tokens` tokens.
 * Positions count the text's own tokens; BOS (or a chat prompt) stands before every window and is not counted.
 */
export interface Window {
  /** First token of the context. */
  readonly start: number;
  /** First token that is scored. */
  readonly scoredStart: number;
  readonly endExclusive: number;
}

/**
 * Strided windows (docs/definitions.md, "Windows"). Window 0 scores all of its tokens; every later one holds
 * `room - stride` tokens of context and scores the next `stride`.
 * @param tokens tokens of the text, ≥ 0
 * @param room tokens of the text that fit into a window beside what stands before it, ≥ 1
 * @param stride tokens that a later window scores, 1 .. room
 */
export function stridedWindows(tokens: number, room: number, stride: number): Window[] {
  const windows: Window[] = [];
  let scoredStart = 0;
  while (scoredStart < tokens) {
    const first = windows.length === 0;
    const endExclusive = Math.min(tokens, scoredStart + (first ? room : stride));
    const start = first ? 0 : scoredStart - (room - stride);
    windows.push({ start, scoredStart, endExclusive });
    scoredStart = endExclusive;
  }
  return windows;
}

/**
 * Windows as llama.cpp's perplexity program cuts them (tools/perplexity): T = tokens (BOS included) gives floor(T / W)
 * windows without overlap, BOS replaces the first token of each, the 0-based positions W/2 + 1 .. W - 1 are scored.
 * @param tokens tokens of the text, BOS not counted
 * @param window W, tokens a window holds, BOS included
 * @param bos whether the vocabulary adds BOS
 */
export function compatibleWindows(tokens: number, window: number, bos: boolean): Window[] {
  const shift = bos ? 1 : 0;
  const count = Math.floor((tokens + shift) / window);
  return Array.from({ length: count }, (_, i) => ({
    // Position p of window i is text token i * W + p - shift; with BOS, position 0 is no text token.
    start: i * window,
    scoredStart: i * window + Math.floor(window / 2) + 1 - shift,
    endExclusive: (i + 1) * window - shift,
  }));
}
