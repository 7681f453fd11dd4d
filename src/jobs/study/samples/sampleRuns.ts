/** The runs of a study's samples that are compared: a file for each prompt, which opens as any run. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { modelSource, type Run, type RunSide } from "../../../formats/run";
import type { Role } from "../../../protocol/roles";
import { newRun, type NewRunSettings } from "../../runs/newRun";
import { RunFile } from "../../runs/runFile";

export class SampleRuns {
  /**
   * @param folder where they lie; null: none is kept
   * @param warn told of a damaged file, which is put aside
   */
  constructor(
    readonly folder: string | null,
    private readonly warn: (message: string) => void,
  ) {}

  /**
   * The name of a prompt's file: never the prompt itself.
   * @param cell digest of what its samples depend on
   */
  nameOf(cell: string, prompt: number): string | null {
    if (this.folder === null) return null;
    const digest = createHash("sha256").update(cell).digest("hex").slice(0, 12);
    return `${digest}-${String(prompt + 1).padStart(4, "0")}.twinlens.json`;
  }

  /** Whether a prompt's run is there; where none is kept, none is missing. */
  has(name: string | null): boolean {
    return this.folder === null || (name !== null && existsSync(join(this.folder, name)));
  }

  /**
   * What there is of a prompt's run, or a run of which nothing is drawn.
   * @throws RunFileError
   */
  async open(name: string | null, prompt: string, settings: NewRunSettings): Promise<KeptRun> {
    const path = this.folder === null || name === null ? null : join(this.folder, name);
    const file = path === null ? null : new RunFile(path, prompt, this.warn);
    const run = (await file?.read()) ?? newRun(prompt, settings);
    return { run, save: async () => file?.save(run) };
  }
}

/** A model's samples; null: there are none, or they were drawn at another nucleus. */
export function sideAt(run: Run, role: Role, topP: number): RunSide | null {
  const side = run[role];
  return side && modelSource(side)?.sampler.topP === topP ? side : null;
}

export interface KeptRun {
  readonly run: Run;
  /** @throws RunFileError, the file system's error */
  readonly save: () => Promise<void>;
}
