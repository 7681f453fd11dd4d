import { EngineError } from "../../errors";
import { modelFiles } from "../../modelFiles";
import { announcedBytes, FLOAT32, text } from "./gguf";
import type { Library, Pointer } from "./library";

const UINT32 = 4;
const AXES = 4;

/** A tensor as a file's header has it. */
export interface ShapedTensor {
  readonly name: string;
  /** Of the file that it stands in. */
  readonly path: string;
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** As ggml counts types. */
  readonly type: number;
  /** Row length first, as ggml counts dimensions: always four, 1 where there are fewer. */
  readonly dimensions: readonly number[];
}

/** What stands before the weights in the files of a model, or in an adapter's: metadata, and the tensors that are announced. */
export class GgufHeader {
  private constructor(
    private readonly library: Library,
    private readonly files: readonly Pointer[],
    /** Of all files, by name. */
    readonly tensors: ReadonlyMap<string, ShapedTensor>,
  ) {}

  /**
   * Whoever opens it closes it.
   * @param paths of all files, the one with the metadata first
   * @returns null: one of them is damaged, or not there
   */
  static open(library: Library, paths: readonly string[]): GgufHeader | null {
    const files: Pointer[] = [];
    const tensors = new Map<string, ShapedTensor>();
    for (const path of paths) {
      const params = { no_alloc: true, ctx: null };
      const gguf = library.gguf_init_from_file(path, params) as Pointer | null;
      if (!gguf) {
        for (const opened of files) library.gguf_free(opened);
        return null;
      }
      files.push(gguf);
      for (const tensor of tensorsOf(library, gguf, path)) tensors.set(tensor.name, tensor);
    }
    return new GgufHeader(library, files, tensors);
  }

  /** Of all files of a model. @param path of the first @throws EngineError `FileUnreadable` */
  static ofModel(library: Library, path: string): GgufHeader {
    const header = GgufHeader.open(library, modelFiles(path));
    if (header) return header;
    const message = `${path} can't be read any more. Copy it again, or choose another model.`;
    throw new EngineError("FileUnreadable", message);
  }

  /** Of the first file, for what copies its metadata. */
  get handle(): Pointer {
    return this.files[0]!;
  }

  /** How long the first file is where it holds all that is announced. */
  get bytes(): number {
    return announcedBytes(this.library, this.handle);
  }

  has(key: string): boolean {
    return Number(this.library.gguf_find_key(this.handle, key)) >= 0;
  }

  /** Empty: there is no text under this key. */
  text(key: string): string {
    return text(this.library, this.handle, key);
  }

  /** undefined: there is no 32-bit float under this key. */
  float(key: string): number | undefined {
    const id = this.idOf(key, FLOAT32);
    return id === null ? undefined : (this.library.gguf_get_val_f32(this.handle, id) as number);
  }

  /** undefined: there is no 32-bit unsigned number under this key. */
  count(key: string): number | undefined {
    const id = this.idOf(key, UINT32);
    return id === null ? undefined : (this.library.gguf_get_val_u32(this.handle, id) as number);
  }

  close(): void {
    for (const file of this.files) this.library.gguf_free(file);
  }

  private idOf(key: string, type: number): number | null {
    const { library, handle } = this;
    const id = Number(library.gguf_find_key(handle, key));
    return id < 0 || library.gguf_get_kv_type(handle, id) !== type ? null : id;
  }
}

function tensorsOf(library: Library, gguf: Pointer, path: string): ShapedTensor[] {
  const data = Number(library.gguf_get_data_offset(gguf));
  return Array.from({ length: Number(library.gguf_get_n_tensors(gguf)) }, (_, id) => ({
    name: library.gguf_get_tensor_name(gguf, id) as string,
    path,
    offset: data + Number(library.gguf_get_tensor_offset(gguf, id)),
    bytes: Number(library.gguf_get_tensor_size(gguf, id)),
    type: library.gguf_get_tensor_type(gguf, id) as number,
    dimensions: dimensionsOf(library, gguf, id),
  }));
}

function dimensionsOf(library: Library, gguf: Pointer, id: number): number[] {
  const lengths = new BigInt64Array(AXES);
  library.memcpy(lengths, library.gguf_get_tensor_ne(gguf, id) as Pointer, lengths.byteLength);
  return Array.from(lengths, Number);
}
