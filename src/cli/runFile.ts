import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { basename } from "node:path";
import { parseRun, type Run, RunFileError, serializeRun } from "../protocol/generations";
import { mergedRun } from "../runs/mergeRuns";
import { fileIdentity, saveFile } from "../runs/saveFile";
import { Failure } from "./exit";

/**
 * A run's file in a folder of runs. Another process may draw the same run into it: what it has saved is taken into
 * every save, so that neither loses the other's samples.
 */
export class RunFile {
  /** Identity of the file as it was last read or written here; null: there was none. */
  private known: string | null = null;
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
   * @throws Failure for a file of a newer Twinlens, or one that the system does not let read
   */
  async read(): Promise<Run | null> {
    this.known = await identityOf(this.path);
    if (this.known === null) return null;
    try {
      const run = parseRun(await readFile(this.path, "utf8"));
      if (run.prompt !== this.prompt) throw new RunFileError("This is another prompt's run.");
      return run;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isDamaged = error instanceof RunFileError && !error.isNewer;
      if (!isDamaged) throw new Failure(`${this.path}: ${error.message}`);
      await this.putAside(error.message);
      return null;
    }
  }

  /** @throws Failure as {@link read}; the file system's error when writing fails */
  async save(run: Run): Promise<void> {
    for (;;) {
      const before = await identityOf(this.path);
      if (before !== this.known) this.others = (await this.read()) ?? this.others;
      const text = serializeRun(this.others === null ? run : mergedRun(run, this.others));
      // Written meanwhile by another process: its samples are taken in too.
      if ((await identityOf(this.path)) !== this.known) continue;
      this.known = await saveFile(this.path, text);
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
    this.warn(`${this.path}: ${reason} It is kept as ${basename(aside)}, and drawn anew.`);
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
