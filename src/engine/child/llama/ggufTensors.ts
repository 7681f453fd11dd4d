import { EngineError } from "../../errors";
import { modelFiles } from "../../modelFiles";
import type { Library, Pointer } from "./library";

const FLOAT32 = 6;

/** Where a tensor stands. */
export interface GgufTensor {
  readonly path: string;
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** As ggml counts types. */
  readonly type: number;
}

/** What a model's files say of some tensors and of some numbers (32-bit floats), by name; what they lack is not in it. */
export interface GgufContents {
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Looks into the headers of a model's files.
 * @param path of the first
 * @throws EngineError `FileUnreadable`
 */
export function ggufContents(
  library: Library,
  path: string,
  wanted: { readonly tensors: readonly string[]; readonly numbers: readonly string[] },
): GgufContents {
  const tensors = new Map<string, GgufTensor>();
  const numbers = new Map<string, number>();
  for (const file of modelFiles(path)) {
    const gguf = library.gguf_init_from_file(file, { no_alloc: true, ctx: null }) as Pointer | null;
    if (!gguf) {
      const message = `${file} can't be read any more. Copy it again, or choose another model.`;
      throw new EngineError("FileUnreadable", message);
    }
    try {
      for (const name of wanted.tensors) {
        const tensor = tensorOf(library, gguf, file, name);
        if (tensor) tensors.set(name, tensor);
      }
      for (const key of wanted.numbers) {
        const id = Number(library.gguf_find_key(gguf, key));
        if (id < 0 || library.gguf_get_kv_type(gguf, id) !== FLOAT32) continue;
        numbers.set(key, library.gguf_get_val_f32(gguf, id) as number);
      }
    } finally {
      library.gguf_free(gguf);
    }
  }
  return { tensors, numbers };
}

function tensorOf(library: Library, gguf: Pointer, path: string, name: string): GgufTensor | null {
  const id = Number(library.gguf_find_tensor(gguf, name));
  if (id < 0) return null;
  return {
    path,
    offset:
      Number(library.gguf_get_data_offset(gguf)) + Number(library.gguf_get_tensor_offset(gguf, id)),
    bytes: Number(library.gguf_get_tensor_size(gguf, id)),
    type: library.gguf_get_tensor_type(gguf, id) as number,
  };
}
