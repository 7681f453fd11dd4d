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
  return (row, continuation) =>
    readout.draw(row, sampler, continuation.random(), continuation, continuation.length);
}
