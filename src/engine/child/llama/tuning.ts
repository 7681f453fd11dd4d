import { performance } from "node:perf_hooks";
import { BLOCK, roundUp } from "../../blocks";
import { noDistribution } from "../../errors";
import { allThreads, type Context } from "./context";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";
import { decodeError } from "./decodeError";

/** Batches to choose from, whole blocks. */
const BATCHES = [64, 128, 256, 512] as const;
/** Tokens of the batch that is timed. */
export const TIMED_BATCH = 32;
/** A batch is kept near this, so that a cancel takes effect soon. */
const BATCH_MS = 250;
/** Models below this many parameters are worth a try on one thread. */
const LIGHT_PARAMETERS = 3e8;

/** Threads that gain less than half are not worth what they lose when the machine is busy. */
const WORTH_WAITING = 1.5;

/** A model that decodes a batch of 32 on one thread within this is fast enough: no user would notice the gain. */
const FAST_MS = 25;

/** How a context decodes; both are measured when a model is loaded, unless they are given. They change no number. */
export interface Tuning {
  readonly threads: number;
  /** Tokens decoded at a time, whole blocks. */
  readonly batch: number;
}

/**
 * Chooses threads and batch from the time that batches of 32 tokens take. llama.cpp's threads wait for each other by
 * spinning: for a small model, or on a busy machine, one thread can be many times faster than all of them.
 * @param isOnGpu its first decode makes a GPU's kernels ready, and is not measured
 * @throws EngineError `NoDistribution` when these batches give logits that are not numbers
 */
export function tune(
  library: Library,
  context: Context,
  model: NativeModel,
  given: Tuning,
  isOnGpu: boolean,
): Tuning {
  const all = allThreads();
  const time = (threads: number) => {
    library.llama_set_n_threads(context.handle, threads, threads);
    return decodeTime(library, context, model);
  };
  if (isOnGpu) time(all);
  let threads = given.threads || all;
  let best = time(threads);
  if (given.threads === 0 && all > 1 && model.parameters < LIGHT_PARAMETERS) {
    const alone = Math.min(time(1), time(1));
    best = Math.min(best, time(all));
    if (alone < FAST_MS || alone < best * WORTH_WAITING) [threads, best] = [1, alone];
  }
  library.llama_set_n_threads(context.handle, threads, threads);
  const perToken = best / TIMED_BATCH;
  const fitting = BATCHES.findLast((candidate) => candidate * perToken <= BATCH_MS) ?? BATCHES[0];
  return { threads, batch: roundUp(given.batch, BLOCK) || fitting };
}

/** Milliseconds for one batch with all its logits. */
function decodeTime(library: Library, context: Context, model: NativeModel): number {
  const { batch } = context;
  for (let i = 0; i < TIMED_BATCH; i++) {
    batch.token[i] = 0;
    batch.position[i] = i;
    batch.sequence[i] = 0;
    batch.wantsLogits[i] = 1;
  }
  const start = performance.now();
  const status = batch.decode(context.handle, TIMED_BATCH);
  if (status !== 0) throw decodeError(status);
  const logits = library.llama_get_logits(context.handle) as Pointer;
  const elapsed = performance.now() - start;
  // A single entry that is not a number would be ignored later, as the others still define a distribution.
  const row = new Float32Array(model.vocabulary.attributes.length);
  library.memcpy(row, logits, row.byteLength);
  library.llama_memory_clear(context.memory, false);
  if (row.some(Number.isNaN)) throw noDistribution(model.name);
  return elapsed;
}
