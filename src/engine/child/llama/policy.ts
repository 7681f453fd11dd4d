import type { SamplerSettings } from "../../engine";
import type { Readout } from "../readout/readout";
import type { Continuation } from "./continuation";

/**
 * Chooses the next token of a continuation from row `row` of the block of logits that was read last, and writes the token's
 * plain scores behind the others. Negative: the row is no distribution.
 */
export type Policy = (row: number, continuation: Continuation) => number;

/** Draws from one model's rows. */
export function drawingPolicy(readout: Readout, sampler: SamplerSettings): Policy {
  const settings = sampler.temperature === 0 ? GREEDY : sampler;
  return (row, continuation) =>
    readout.draw(row, settings, continuation.random(), continuation, continuation.length);
}

/** What no temperature can say exactly: one entry is left to draw from, the most probable one, of equal ones the first. */
const GREEDY: SamplerSettings = { temperature: 1, topK: 1, topP: 1, minP: 0 };
