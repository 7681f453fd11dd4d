/** Texts in which a model's states are probed, as tokens. */
import { joinedTokens } from "../../engine/joinedTokens";
import type { StatesWindow } from "../../engine/states";

export interface ProbedTexts {
  /** What is never divided between the parts of probes. */
  readonly unit: "document" | "prompt" | "window";
  /** Their names. */
  readonly units: readonly string[];
  readonly windows: readonly ProbedWindow[];
  /** Windows are samples: several go on from the same beginning. */
  readonly areSamples: boolean;
}

export interface ProbedWindow extends StatesWindow {
  /** Number of its unit. */
  readonly unit: number;
  /** Number of what it goes on from. */
  readonly beginning: number;
  /** Number of the anchor that a token lies in, -1: none, `[token from start on]`; null: none were looked for. */
  readonly anchors: Int32Array | null;
}

/**
 * A window of tokens of a text behind what stands before them, which is not probed. Without that, the text's first token is not:
 * its state is unlike all others, whatever it is.
 */
export function probedWindow(
  prefix: Int32Array,
  ids: Int32Array,
  { anchors, ...of }: Pick<ProbedWindow, "unit" | "beginning" | "anchors">,
): ProbedWindow {
  const start = Math.max(1, prefix.length);
  const skipped = start - prefix.length;
  return {
    tokens: joinedTokens([prefix, ids]),
    start,
    ...of,
    anchors: anchors && anchors.subarray(skipped),
  };
}
