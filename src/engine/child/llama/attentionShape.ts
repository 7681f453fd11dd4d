import type { Library, Pointer } from "./library";

/** Keys and values are kept with 16 bits. */
const VALUE_BYTES = 2;

/** What the size of a model's keys and values follows from. */
export interface AttentionShape {
  /** What one head's value consists of; 0: no attention. */
  readonly headSize: number;
  /** Bytes that keys and values of one token take (an estimate for unusual architectures). */
  readonly keyValueBytesPerToken: number;
}

/** @param metadata a value of the file by its key, or null */
export function attentionShape(
  library: Library,
  model: Pointer,
  metadata: (key: string) => string | null,
  architecture: string,
): AttentionShape {
  const heads = library.llama_model_n_head(model) as number;
  const width = heads > 0 ? (library.llama_model_n_embd(model) as number) / heads : 0;
  const key = Number(metadata(`${architecture}.attention.key_length`) ?? width);
  const value = Number(metadata(`${architecture}.attention.value_length`) ?? width);
  const layers = library.llama_model_n_layer(model) as number;
  const keyValueHeads = library.llama_model_n_head_kv(model) as number;
  return {
    headSize: value,
    keyValueBytesPerToken: layers * keyValueHeads * (key + value) * VALUE_BYTES,
  };
}
