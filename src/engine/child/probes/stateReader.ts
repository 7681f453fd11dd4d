import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EngineError } from "../../errors";
import { reading } from "../../modelFiles";
import type { StatesFile } from "../../states";
import { widen } from "./halves";

const HALF_BYTES = 2;

/** Rows of a file of states as 32-bit floats, some at a time. */
export class StateReader {
  private halves = new Uint16Array(0);

  private constructor(
    private readonly file: StatesFile,
    private readonly descriptor: number,
  ) {}

  /** @throws EngineError `FileUnreadable`, also where the file is not as long as its description says */
  static open(file: StatesFile): StateReader {
    const { path, layers, rows, dimensions } = file;
    const descriptor = reading(path, () => openSync(path, "r"));
    const { size } = fstatSync(descriptor);
    const expected = layers.length * rows * dimensions * HALF_BYTES;
    if (size !== expected) {
      closeSync(descriptor);
      throw unreadable(path, `it has ${size} bytes in place of ${expected}`);
    }
    return new StateReader(file, descriptor);
  }

  get dimensions(): number {
    return this.file.dimensions;
  }

  /**
   * Writes rows of a layer into the first of `out`, `[row][dimension]`.
   * @throws EngineError `FileUnreadable`
   */
  read(layer: number, rows: Uint32Array, out: Float32Array): void {
    const { layers, rows: height, dimensions } = this.file;
    if (this.halves.length < out.length) this.halves = new Uint16Array(out.length);
    const before = layers.indexOf(layer) * height;
    for (let start = 0; start < rows.length;) {
      const end = runEnd(rows, start);
      const target = this.halves.subarray(start * dimensions, end * dimensions);
      this.fill(target, (before + rows[start]!) * dimensions * HALF_BYTES);
      start = end;
    }
    widen(this.halves.subarray(0, rows.length * dimensions), out);
  }

  dispose(): void {
    closeSync(this.descriptor);
  }

  private fill(target: Uint16Array, position: number): void {
    const { path } = this.file;
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.length - done;
      const count = reading(path, () =>
        readSync(this.descriptor, bytes, done, rest, position + done),
      );
      if (count === 0) throw unreadable(path, "it has become shorter");
      done += count;
    }
  }
}

/** End of the consecutive rows from `start` on, which are read at once. */
function runEnd(rows: Uint32Array, start: number): number {
  let end = start + 1;
  while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
  return end;
}

function unreadable(path: string, reason: string): EngineError {
  return new EngineError(
    "FileUnreadable",
    `${path} can't be read: ${reason}. Probe the texts again.`,
  );
}
