import { availableParallelism } from "node:os";
import type { Attention } from "../../../protocol/scores";
import { EngineError } from "../../errors";
import { Batch } from "./batch";
import { FLASH_ATTENTION } from "./attention";
import type { Library, Pointer, Struct } from "./library";
import type { NativeAdapter, NativeModel } from "./model";

export interface ContextShape {
  /** Sequences with a cache of their own (`kv_unified` off). */
  readonly sequences: number;
  /** Tokens each of them holds. */
  readonly tokensPerSequence: number;
  /** Tokens decoded at a time, at most. */
  readonly maxBatch: number;
  readonly threads: number;
  readonly attention: Attention;
}

/** A llama.cpp context: the cache of keys and values, and the batch that is decoded into it. */
export interface Context {
  readonly handle: Pointer;
  readonly memory: Pointer;
  readonly batch: Batch;
  readonly shape: ContextShape;
  dispose(): void;
}

/**
 * @param onTensor a registered `EvalCallback`, which hears of every tensor that is computed; null: nobody does
 * @throws EngineError `OutOfMemory` when llama.cpp can't make the context
 */
export function createContext(
  library: Library,
  model: NativeModel,
  shape: ContextShape,
  onTensor: unknown = null,
): Context {
  const params: Struct = {
    ...(library.llama_context_default_params() as Struct),
    n_ctx: shape.sequences * shape.tokensPerSequence,
    n_batch: shape.maxBatch,
    n_ubatch: shape.maxBatch,
    n_seq_max: shape.sequences,
    n_threads: shape.threads,
    n_threads_batch: shape.threads,
    cb_eval: onTensor,
    flash_attn_type: FLASH_ATTENTION[shape.attention],
    kv_unified: false,
  };
  const handle = library.llama_init_from_model(model.handle, params) as Pointer | null;
  if (!handle) {
    throw new EngineError(
      "OutOfMemory",
      `There is not enough memory for a context of ${shape.tokensPerSequence} tokens. Choose a smaller window (twinlens.window), or a smaller model.`,
    );
  }
  if (model.adapter !== null) applyAdapter(library, handle, model.adapter);
  const batch = new Batch(library, shape.maxBatch);
  return {
    handle,
    memory: library.llama_get_memory(handle) as Pointer,
    batch,
    shape,
    dispose() {
      batch.dispose();
      library.llama_free(handle);
    },
  };
}

/** All of its product is added: the file's own scale (alpha over rank) is llama.cpp's business. */
function applyAdapter(library: Library, context: Pointer, { handle }: NativeAdapter): void {
  library.llama_set_adapters_lora(context, BigUint64Array.of(handle), 1, Float32Array.of(1));
}

/** Matrix products gain nothing from a second thread on one core, so half of the logical processors on larger machines. */
export function allThreads(): number {
  const logical = availableParallelism();
  return logical <= 4 ? logical : Math.ceil(logical / 2);
}
