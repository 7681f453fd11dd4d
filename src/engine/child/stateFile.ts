import { closeSync, lstatSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { formatBytes } from "../../analysis/presentation/format";
import { EngineError } from "../errors";

const HALF_BYTES = 2;

/** The shape of a file of states: `[layer][row][dimension]`. */
export interface StateFileShape {
  readonly layers: number;
  readonly rows: number;
  readonly dimensions: number;
}

/** A file of states that is being written; its errors are EngineError `FileUnreadable`. */
export class StateFileWriter {
  private file: number | null;

  /** Makes the file anew, for its owner alone. */
  constructor(
    private readonly path: string,
    private readonly shape: StateFileShape,
  ) {
    this.file = this.explaining(() => {
      checkSpace(path, shape);
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path);
      return openSync(path, "wx", 0o600);
    });
  }

  /**
   * Writes whole rows of a layer, wherever they belong.
   * @param layer its place in the file
   * @param states 16-bit floats, `[row][dimension]`
   */
  write(layer: number, firstRow: number, states: Uint16Array): void {
    const { rows, dimensions } = this.shape;
    const position = (layer * rows + firstRow) * dimensions * HALF_BYTES;
    const bytes = new Uint8Array(states.buffer, states.byteOffset, states.byteLength);
    this.explaining(() => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.file!, bytes, done, bytes.length - done, position + done);
      }
    });
  }

  close(): void {
    const { file } = this;
    this.file = null;
    if (file !== null) this.explaining(() => closeSync(file));
  }

  /** Removes the file. */
  discard(): void {
    try {
      this.close();
      rmSync(this.path, { force: true });
    } catch {
      // What has led here is what the caller is told.
    }
  }

  private explaining<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new EngineError(
        "FileUnreadable",
        `Hidden states can't be written to ${this.path}: ${REASONS[code] ?? `${message}. Choose another folder.`}`,
      );
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Make room, or choose fewer layers or less text.",
  EDQUOT: "your quota on the disk is used up. Make room, or choose fewer layers or less text.",
  EROFS: "the disk is read-only. Choose another folder (TMPDIR).",
  EACCES: "you have no permission to. Change the permissions of its folder, or choose another one.",
  EPERM: "you have no permission to. Change the permissions of its folder, or choose another one.",
  ENOENT: "its folder is not there. Choose another one (TMPDIR).",
};

/** Refuses at once what would fill the disk only hours later. */
function checkSpace(path: string, { layers, rows, dimensions }: StateFileShape): void {
  const bytes = layers * rows * dimensions * HALF_BYTES;
  const folder = dirname(path);
  const { bavail, blocks, bsize } = statfsSync(folder);
  // Some network disks do not say how large they are.
  if (blocks === 0 || bavail * bsize >= bytes) return;
  throw new EngineError(
    "FileUnreadable",
    `The disk of ${folder} is too full: hidden states of ${rows} tokens in ${layers} layers take ${formatBytes(bytes)}, and ${formatBytes(bavail * bsize)} are free. Make room, choose another folder (TMPDIR), or fewer layers or less text.`,
  );
}
