import koffi from "koffi";
import { EngineError } from "../../errors";

/** The llama.cpp release whose structs stand below; they change between releases and are passed by value. */
export const LLAMA_RELEASE = "v0.5.0";

export const ProgressCallback = koffi.proto(
  "bool llama_progress_callback(float progress, void *data)",
);
export const LogCallback = koffi.proto(
  "void ggml_log_callback(int level, const char *text, void *data)",
);

/** `ggml_backend_sched_eval_callback`: asked of every tensor whether it is wanted, and called again once a wanted one is computed. */
export const EvalCallback = koffi.proto(
  "bool ggml_backend_sched_eval_callback(void *tensor, bool ask, void *data)",
);

/** `llama_model_params` of include/llama.h. */
export const ModelParams = koffi.struct("llama_model_params", {
  devices: "void *",
  tensor_buft_overrides: "void *",
  n_gpu_layers: "int32_t",
  split_mode: "int32_t",
  load_mode: "int32_t",
  lazy_mode: "int32_t",
  main_gpu: "int32_t",
  tensor_split: "void *",
  progress_callback: koffi.pointer(ProgressCallback),
  progress_callback_user_data: "void *",
  kv_overrides: "void *",
  vocab_only: "bool",
  check_tensors: "bool",
  use_extra_bufts: "bool",
  no_host: "bool",
  no_alloc: "bool",
  load_mtp: "bool",
});

/** `llama_context_params` of include/llama.h. */
export const ContextParams = koffi.struct("llama_context_params", {
  n_ctx: "uint32_t",
  n_batch: "uint32_t",
  n_ubatch: "uint32_t",
  n_seq_max: "uint32_t",
  n_rs_seq: "uint32_t",
  n_outputs_max: "uint32_t",
  n_outputs_max_per_seq: "uint32_t",
  n_threads: "int32_t",
  n_threads_batch: "int32_t",
  ctx_type: "int32_t",
  rope_scaling_type: "int32_t",
  pooling_type: "int32_t",
  attention_type: "int32_t",
  flash_attn_type: "int32_t",
  rope_freq_base: "float",
  rope_freq_scale: "float",
  yarn_ext_factor: "float",
  yarn_attn_factor: "float",
  yarn_beta_fast: "float",
  yarn_beta_slow: "float",
  yarn_orig_ctx: "uint32_t",
  defrag_thold: "float",
  cb_eval: koffi.pointer(EvalCallback),
  cb_eval_user_data: "void *",
  type_k: "int32_t",
  type_v: "int32_t",
  abort_callback: "void *",
  abort_callback_data: "void *",
  embeddings: "bool",
  offload_kqv: "bool",
  no_perf: "bool",
  op_offload: "bool",
  swa_full: "bool",
  kv_unified: "bool",
  samplers: "void *",
  n_samplers: "size_t",
  ctx_other: "void *",
});

/** `llama_batch` of include/llama.h. */
export const BatchStruct = koffi.struct("llama_batch", {
  n_tokens: "int32_t",
  token: "void *",
  embd: "void *",
  pos: "void *",
  n_seq_id: "void *",
  seq_id: "void *",
  logits: "void *",
});

/** `gguf_init_params` of ggml/include/gguf.h. */
export const GgufInitParams = koffi.struct("gguf_init_params", {
  no_alloc: "bool",
  ctx: "void *",
});

/** `ggml_init_params` of ggml/include/ggml.h. */
export const GgmlInitParams = koffi.struct("ggml_init_params", {
  mem_size: "size_t",
  mem_buffer: "void *",
  no_alloc: "bool",
});

/** Defaults that llama.cpp's header documents; a struct that has moved can't show them all. */
const contextDefaults: Readonly<Record<string, unknown>> = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_rs_seq: 0,
  n_outputs_max: 0,
  n_outputs_max_per_seq: 1,
  n_threads: 4,
  n_threads_batch: 4,
  ctx_type: 0,
  rope_scaling_type: -1,
  pooling_type: -1,
  attention_type: -1,
  flash_attn_type: -1,
  yarn_ext_factor: -1,
  defrag_thold: -1,
  type_k: 1,
  type_v: 1,
  embeddings: false,
  offload_kqv: true,
  no_perf: true,
  op_offload: true,
  swa_full: true,
  kv_unified: false,
};

const modelDefaults: Readonly<Record<string, unknown>> = {
  n_gpu_layers: -1,
  split_mode: 1,
  load_mode: -1,
  lazy_mode: 1,
  main_gpu: 0,
  vocab_only: false,
  check_tensors: false,
  use_extra_bufts: true,
  no_host: false,
  no_alloc: false,
  load_mtp: false,
};

/**
 * Compares the defaults that the library returns with those its header documents, field by field.
 * @throws EngineError `VersionMismatch` naming the first field that differs.
 */
export function checkAbi(
  version: string,
  model: Readonly<Record<string, unknown>>,
  context: Readonly<Record<string, unknown>>,
): void {
  const differs = (
    actual: Readonly<Record<string, unknown>>,
    expected: Readonly<Record<string, unknown>>,
  ) => Object.keys(expected).find((field) => actual[field] !== expected[field]);
  const field = differs(model, modelDefaults) ?? differs(context, contextDefaults);
  if (field !== undefined) {
    throw new EngineError(
      "VersionMismatch",
      `This build of Twinlens expects llama.cpp ${LLAMA_RELEASE}, but found ${version} (its "${field}" differs). Reinstall Twinlens, or run "npm ci" in a checkout.`,
    );
  }
}
