import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { basename } from "node:path";
import { parseRun, RunFileError } from "../../formats/parseRun";
import type { Run } from "../../formats/run";
import { serializeRun } from "../../formats/serializeRun";
import { fileIdentity, saveFile } from "../store/saveFile";
import { mergedRun } from "./mergeRuns";

/**
 * The file that keeps a run. Another process may work on the same run: what it has saved is taken into every save, so
 * that neither loses the other's samples.
 */
export class RunFile {
  /** Identity of the file as it was last read or written here; null: there was none. */
  private known: string | null = null;
  /** Digest of the text that the file then had; null: not known. */
  private content: string | null = null;
  /** What another process has saved. */
  private others: Run | null = null;

  /** @param warn called for a damaged file, which is set aside */
  constructor(
    private readonly path: string,
    private readonly prompt: string,
    private readonly warn: (message: string) => void,
  ) {}

  /**
   * The run as it was saved last; null: there is none, or none that can be read.
   * @throws RunFileError for a file of a newer Twinlens, or one that the system does not let read
   */
  async read(): Promise<Run | null> {
    this.content = null;
    this.known = await identityOf(this.path);
    if (this.known === null) return null;
    try {
      const text = await readFile(this.path, "utf8");
      const run = parseRun(text);
      if (run.prompt !== this.prompt) throw new RunFileError("This is another prompt's run.");
      this.content = digestOf(text);
      return run;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isDamaged = error instanceof RunFileError && !error.isNewer;
      if (!isDamaged) throw new RunFileError(`${this.path}: ${error.message}`);
      await this.putAside(error.message);
      return null;
    }
  }

  /**
   * Writes the run, unless the file holds just that already.
   * @throws RunFileError as {@link read}; what the file system has against writing
   */
  async save(run: Run): Promise<void> {
    for (;;) {
      const before = await identityOf(this.path);
      if (before !== this.known) this.others = (await this.read()) ?? this.others;
      const text = serializeRun(this.others === null ? run : mergedRun(run, this.others));
      const content = digestOf(text);
      if (content === this.content && this.known !== null) return;
      // Written meanwhile by another process: its samples are taken in too.
      if ((await identityOf(this.path)) !== this.known) continue;
      this.known = await saveFile(this.path, text);
      this.content = content;
      return;
    }
  }

  /** A damaged file may be all that is left of the user's samples: it is never overwritten. */
  private async putAside(reason: string): Promise<void> {
    let aside = `${this.path}.damaged`;
    for (let n = 2; existsSync(aside); n++) aside = `${this.path}.damaged-${n}`;
    this.known = null;
    try {
      await rename(this.path, aside);
    } catch (error) {
      // Another process has set it aside.
      if (isMissing(error)) return;
      throw error;
    }
    this.warn(`${this.path}: ${reason} It is kept as ${basename(aside)}, and written anew.`);
  }
}

/** Another one for every time that a file is written; null: there is no file. */
async function identityOf(path: string): Promise<string | null> {
  try {
    return await fileIdentity(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
