import { readSync } from "node:fs";
import { EngineError } from "../../errors";
import { reading } from "../../modelFiles";

/** Fills `bytes` from a place in an open file. @throws EngineError `FileUnreadable` */
export function readInto(file: number, path: string, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    const count = reading(path, () =>
      readSync(file, bytes, done, bytes.length - done, offset + done),
    );
    if (count === 0) {
      const message = `${path} has become shorter. Copy it again, or choose another.`;
      throw new EngineError("FileUnreadable", message);
    }
    done += count;
  }
}
