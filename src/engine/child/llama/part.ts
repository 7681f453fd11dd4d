import type { Batch } from "./batch";
import type { DecodePlan } from "./decodePlan";
import type { ReadRows } from "./rowReader";

/** Stands where a window ends inside a block: nothing before it sees it. */
export const FILLER = 0;

/** Positions `start .. end` of a window, decoded into a sequence. */
export interface Part {
  readonly plan: DecodePlan;
  readonly sequence: number;
  readonly start: number;
  readonly end: number;
}

/** Puts a part into a batch, from entry `entry` on; returns the entry behind it. */
export function putPart(batch: Batch, { plan, sequence, start, end }: Part, entry: number): number {
  for (let position = start; position < end; position++) {
    batch.token[entry] = plan.tokens[position] ?? FILLER;
    batch.position[entry] = position;
    batch.sequence[entry] = sequence;
    batch.wantsLogits[entry] = position >= plan.firstLogits ? 1 : 0;
    entry++;
  }
  return entry;
}

/** Rows of logits that a part has. */
export function logitsOf({ plan, start, end }: Part): number {
  return Math.max(0, end - Math.max(start, plan.firstLogits));
}

/** Rows of a part that are wanted, none where `first` is not below `end`; `skipped` counts within the part. */
export function wantedRows({ plan, start, end }: Part): ReadRows {
  const first = Math.max(start, plan.firstRow);
  return {
    tokens: plan.tokens,
    first,
    end: Math.min(end, plan.endRow),
    skipped: first - Math.max(start, plan.firstLogits),
  };
}
