import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { EngineError } from "../../errors";
import { isRunning } from "../../isRunning";
import type { Library, Pointer } from "../llama/library";

/** Of tensors in a file, bytes. */
const ALIGNMENT = 32;

/** A tensor on a device, and what a file calls it. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Pointer;
  readonly bytes: number;
}

/**
 * Writes a GGUF file under another name, and gives it its own once it is whole and on the disk.
 * @param fill sets what stands in its header
 * @throws EngineError `FileUnreadable`
 */
export function writeGgufFile(
  library: Library,
  path: string,
  fill: (gguf: Pointer) => void,
  tensors: readonly NamedTensor[],
): void {
  const gguf = library.gguf_init_empty() as Pointer;
  try {
    fill(gguf);
    for (const { name, tensor } of tensors) {
      library.ggml_set_name(tensor, name);
      library.gguf_add_tensor(gguf, tensor);
    }
    const header = new Uint8Array(Number(library.gguf_get_meta_size(gguf)));
    library.gguf_get_meta_data(gguf, header);
    writing(path, () => writeWhole(library, path, header, tensors));
  } finally {
    library.gguf_free(gguf);
  }
}

/** So that no two writes of one process meet. */
let writes = 0;

function writeWhole(
  library: Library,
  path: string,
  header: Uint8Array,
  tensors: readonly NamedTensor[],
): void {
  removeLeftovers(path);
  const part = `${path}.${process.pid}-${writes++}.part`;
  const file = openSync(part, "wx");
  try {
    try {
      writeAll(file, header);
      for (const { tensor, bytes } of tensors) {
        const values = new Uint8Array(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
        library.ggml_backend_tensor_get(tensor, values, 0, bytes);
        writeAll(file, values);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** What processes that were killed while they wrote the file have left. */
function removeLeftovers(path: string): void {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(start) && /^(\d+)-\d+\.part$/.exec(name.slice(start.length))?.[1];
    if (!pid || isRunning(Number(pid))) continue;
    rmSync(join(dirname(path), name), { force: true });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** Runs what writes a file, and explains the system's errors. @throws EngineError `FileUnreadable` */
export function writing(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new EngineError(
      "FileUnreadable",
      `${path} can't be written: ${error.message}. Make room on the disk, or see that its folder may be written to.`,
    );
  }
}
