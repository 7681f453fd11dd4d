import { readdirSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";
import { EngineError } from "../../errors";
import {
  BatchStruct,
  checkAbi,
  ContextParams,
  GgufInitParams,
  LogCallback,
  ModelParams,
} from "./abi";
import { bindGgml } from "./ggml";
import { ASYNC_STACK_BYTES } from "./stretches";

/** A native address. */
export type Pointer = bigint;

/** Values of the by-value structs, by field name. */
export type Struct = Record<string, unknown>;

/** llama.cpp's C functions that Twinlens calls, as koffi binds them. */
export type Library = ReturnType<typeof bind>;

/**
 * Opens the shared libraries in `directory` and checks that their structs are the ones known here.
 * @throws EngineError `VersionMismatch` when a library is missing or of another release.
 */
export function openLibrary(directory: string): Library {
  const library = bind(directory);
  checkAbi(
    library.llama_version() as string,
    library.llama_model_default_params() as Struct,
    library.llama_context_default_params() as Struct,
  );
  return library;
}

function bind(directory: string) {
  reserveStacks();
  const file = (name: string) => join(directory, sharedLibrary(directory, name));
  const base = koffi.load(file("ggml-base"));
  const ggml = koffi.load(file("ggml"));
  const llama = koffi.load(file("llama"));
  const runtime = koffi.load(cRuntime());
  return {
    memcpy: runtime.func("void *memcpy(void *destination, const void *source, size_t bytes)"),

    ggml_backend_load_all_from_path: ggml.func(
      "void ggml_backend_load_all_from_path(const char *path)",
    ),

    ...bindGgml(base, ggml),

    gguf_init_from_file: base.func("gguf_init_from_file", "void *", ["str", GgufInitParams]),
    gguf_free: base.func("void gguf_free(void *gguf)"),
    gguf_init_empty: base.func("void *gguf_init_empty()"),
    gguf_set_kv: base.func("void gguf_set_kv(void *gguf, void *source)"),
    gguf_remove_key: base.func("int64_t gguf_remove_key(void *gguf, const char *key)"),
    gguf_set_val_str: base.func(
      "void gguf_set_val_str(void *gguf, const char *key, const char *value)",
    ),
    gguf_set_val_u32: base.func(
      "void gguf_set_val_u32(void *gguf, const char *key, uint32_t value)",
    ),
    gguf_set_val_f32: base.func("void gguf_set_val_f32(void *gguf, const char *key, float value)"),
    gguf_add_tensor: base.func("void gguf_add_tensor(void *gguf, void *tensor)"),
    gguf_get_meta_size: base.func("size_t gguf_get_meta_size(void *gguf)"),
    gguf_get_meta_data: base.func("void gguf_get_meta_data(void *gguf, void *data)"),
    gguf_find_key: base.func("int64_t gguf_find_key(void *gguf, const char *key)"),
    gguf_get_kv_type: base.func("int gguf_get_kv_type(void *gguf, int64_t key)"),
    gguf_get_val_str: base.func("const char *gguf_get_val_str(void *gguf, int64_t key)"),
    gguf_get_val_u16: base.func("uint16_t gguf_get_val_u16(void *gguf, int64_t key)"),
    gguf_get_val_u32: base.func("uint32_t gguf_get_val_u32(void *gguf, int64_t key)"),
    gguf_get_val_f32: base.func("float gguf_get_val_f32(void *gguf, int64_t key)"),
    gguf_get_val_bool: base.func("bool gguf_get_val_bool(void *gguf, int64_t key)"),
    gguf_get_n_tensors: base.func("int64_t gguf_get_n_tensors(void *gguf)"),
    gguf_get_data_offset: base.func("size_t gguf_get_data_offset(void *gguf)"),
    gguf_get_tensor_offset: base.func("size_t gguf_get_tensor_offset(void *gguf, int64_t tensor)"),
    gguf_get_tensor_name: base.func("const char *gguf_get_tensor_name(void *gguf, int64_t tensor)"),
    gguf_get_tensor_ne: base.func("void *gguf_get_tensor_ne(void *gguf, int64_t tensor)"),
    gguf_find_tensor: base.func("int64_t gguf_find_tensor(void *gguf, const char *name)"),
    gguf_get_tensor_type: base.func("int gguf_get_tensor_type(void *gguf, int64_t tensor)"),
    gguf_get_tensor_size: base.func("size_t gguf_get_tensor_size(void *gguf, int64_t tensor)"),

    llama_version: llama.func("const char *llama_version()"),
    llama_print_system_info: llama.func("const char *llama_print_system_info()"),
    llama_backend_init: llama.func("void llama_backend_init()"),
    llama_log_set: llama.func("llama_log_set", "void", [koffi.pointer(LogCallback), "void *"]),
    llama_model_default_params: llama.func("llama_model_default_params", ModelParams, []),
    llama_context_default_params: llama.func("llama_context_default_params", ContextParams, []),

    llama_model_load_from_file: llama.func("llama_model_load_from_file", "void *", [
      "str",
      ModelParams,
    ]),
    llama_model_free: llama.func("void llama_model_free(void *model)"),
    llama_model_get_vocab: llama.func("void *llama_model_get_vocab(void *model)"),
    llama_model_n_ctx_train: llama.func("int32_t llama_model_n_ctx_train(void *model)"),
    llama_model_n_embd: llama.func("int32_t llama_model_n_embd(void *model)"),
    llama_model_n_layer: llama.func("int32_t llama_model_n_layer(void *model)"),
    llama_model_n_head: llama.func("int32_t llama_model_n_head(void *model)"),
    llama_model_n_head_kv: llama.func("int32_t llama_model_n_head_kv(void *model)"),
    llama_model_rope_type: llama.func("int llama_model_rope_type(void *model)"),
    llama_model_size: llama.func("uint64_t llama_model_size(void *model)"),
    llama_model_n_params: llama.func("uint64_t llama_model_n_params(void *model)"),
    llama_model_ftype: llama.func("int llama_model_ftype(void *model)"),
    llama_ftype_name: llama.func("const char *llama_ftype_name(int ftype)"),
    llama_model_has_encoder: llama.func("bool llama_model_has_encoder(void *model)"),
    llama_model_has_decoder: llama.func("bool llama_model_has_decoder(void *model)"),
    llama_model_is_recurrent: llama.func("bool llama_model_is_recurrent(void *model)"),
    llama_model_is_hybrid: llama.func("bool llama_model_is_hybrid(void *model)"),
    llama_model_is_diffusion: llama.func("bool llama_model_is_diffusion(void *model)"),
    llama_model_chat_template: llama.func(
      "const char *llama_model_chat_template(void *model, const char *name)",
    ),
    llama_model_meta_val_str: llama.func(
      "int32_t llama_model_meta_val_str(void *model, const char *key, void *buffer, size_t size)",
    ),

    llama_vocab_type: llama.func("int llama_vocab_type(void *vocab)"),
    llama_vocab_n_tokens: llama.func("int32_t llama_vocab_n_tokens(void *vocab)"),
    llama_vocab_get_attr: llama.func("int llama_vocab_get_attr(void *vocab, int32_t token)"),
    llama_vocab_is_eog: llama.func("bool llama_vocab_is_eog(void *vocab, int32_t token)"),
    llama_vocab_bos: llama.func("int32_t llama_vocab_bos(void *vocab)"),
    llama_vocab_eos: llama.func("int32_t llama_vocab_eos(void *vocab)"),
    llama_vocab_pad: llama.func("int32_t llama_vocab_pad(void *vocab)"),
    llama_vocab_get_add_bos: llama.func("bool llama_vocab_get_add_bos(void *vocab)"),
    llama_tokenize: llama.func(
      "int32_t llama_tokenize(void *vocab, void *text, int32_t length, void *tokens, int32_t capacity, bool add_special, bool parse_special)",
    ),
    llama_token_to_piece: llama.func(
      "int32_t llama_token_to_piece(void *vocab, int32_t token, void *buffer, int32_t length, int32_t lstrip, bool special)",
    ),

    llama_adapter_lora_init: llama.func(
      "void *llama_adapter_lora_init(void *model, const char *path)",
    ),
    llama_adapter_lora_free: llama.func("void llama_adapter_lora_free(void *adapter)"),

    llama_init_from_model: llama.func("llama_init_from_model", "void *", ["void *", ContextParams]),
    llama_free: llama.func("void llama_free(void *context)"),
    llama_n_ctx_seq: llama.func("uint32_t llama_n_ctx_seq(void *context)"),
    llama_set_n_threads: llama.func(
      "void llama_set_n_threads(void *context, int32_t threads, int32_t batch_threads)",
    ),
    llama_set_adapters_lora: llama.func(
      "int32_t llama_set_adapters_lora(void *context, void *adapters, size_t count, void *scales)",
    ),
    llama_get_memory: llama.func("void *llama_get_memory(void *context)"),
    llama_memory_clear: llama.func("void llama_memory_clear(void *memory, bool data)"),
    llama_memory_seq_rm: llama.func(
      "bool llama_memory_seq_rm(void *memory, int32_t sequence, int32_t start, int32_t end)",
    ),
    llama_memory_seq_cp: llama.func(
      "void llama_memory_seq_cp(void *memory, int32_t source, int32_t destination, int32_t start, int32_t end)",
    ),
    llama_decode: llama.func("llama_decode", "int32_t", ["void *", BatchStruct]),
    llama_get_logits: llama.func("void *llama_get_logits(void *context)"),
  } as const;
}

/** Gives asynchronous calls a stack for what llama.cpp does on it; koffi takes settings before it opens its first library. */
function reserveStacks(): void {
  const { async_stack_size: size } = koffi.config() as { async_stack_size: number };
  if (size !== ASYNC_STACK_BYTES) koffi.config({ async_stack_size: ASYNC_STACK_BYTES });
}

/** File name of a library: `libllama.v0.5.0.so`, `libllama.metal.v0.5.0.dylib`, `llama.v0.5.0.dll`, `libggml-base.so`. */
function sharedLibrary(directory: string, name: string): string {
  const pattern = new RegExp(`^(lib)?${name}(\\.[a-z0-9]+)*?(\\.v[0-9.]+?)?\\.(so|dylib|dll)$`);
  const file = readdirSync(directory).find((entry) => pattern.test(entry));
  if (file === undefined) {
    throw new EngineError(
      "VersionMismatch",
      `llama.cpp's library "${name}" is missing from ${directory}. Reinstall Twinlens, or run "npm ci" in a checkout.`,
    );
  }
  return file;
}

/** The C runtime, for `memcpy`: Electron forbids views of native memory, so everything is copied. */
function cRuntime(): string {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    win32: "ucrtbase.dll",
    darwin: "/usr/lib/libSystem.B.dylib",
  };
  return names[process.platform] ?? "libc.so.6";
}
