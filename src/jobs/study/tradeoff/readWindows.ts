import { joinedTokens } from "../../../engine/joinedTokens";
import type { ScoredRows, WindowTokens } from "../../../engine/engine";
import { windowLength } from "../../../engine/windowLength";
import type { WindowSettings } from "../../../protocol/scores";
import type { HeldModel } from "../../scoring/scoreWindow";

/** Tokens that are read after others. */
export interface TokensAfter {
  readonly prefix: Int32Array;
  /** null: they can't be told. */
  readonly ids: Int32Array | null;
}

/** A window of tokens after others; null: there are none, or they are more than a window holds. */
export function windowAfter(
  { prefix, ids }: TokensAfter,
  { model }: HeldModel,
  { window }: Pick<WindowSettings, "window">,
): WindowTokens | null {
  if (ids === null || ids.length === 0) return null;
  const tokens = joinedTokens([prefix, ids]);
  const room = windowLength(window, model.facts.trainedContext);
  // Without anything before it, the first token has no context.
  const scoredStart = Math.max(1, prefix.length);
  return tokens.length > room || scoredStart >= tokens.length ? null : { tokens, scoredStart };
}

/**
 * The sum of ln p of each window's scored tokens, nats.
 * @returns `[window]`; null: there is no window, or the model rules a token out
 */
export async function sumsOf(
  { engine, model }: HeldModel,
  windows: readonly (WindowTokens | null)[],
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const sums = windows.map((window) => (window === null ? null : 0));
  const there = [...windows.keys()].filter((i) => windows[i] !== null);
  const texts = there.map((i) => windows[i]!);
  const add = (text: number, { logProbability }: ScoredRows) => {
    for (const one of logProbability) sums[there[text]!]! += one;
  };
  await engine.scoreTexts({ model: model.id, texts, distribution: null }, add, signal);
  return sums.map((sum) => (sum !== null && Number.isFinite(sum) ? sum : null));
}
