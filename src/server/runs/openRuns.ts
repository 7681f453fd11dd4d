import { readFile, rm } from "node:fs/promises";
import { EngineError } from "../../engine/errors";
import type { ModelDigests } from "../../engine/modelFiles";
import { parseRun } from "../../formats/parseRun";
import type { Run, RunSide } from "../../formats/run";
import { serializeRun } from "../../formats/serializeRun";
import type { Configuration } from "../../protocol/configuration";
import type { ToAnchors } from "../../protocol/panels";
import type { Role } from "../../protocol/roles";
import { saveFile } from "../../jobs/store/saveFile";
import { RunFile } from "../../jobs/runs/runFile";
import type { RunAnalyser } from "../../jobs/runs/workerClient";
import type { Jobs } from "../jobs/jobs";
import type { Models } from "../models/models";
import { withSide } from "../../jobs/runs/importedRun";
import { RunSession } from "./runSession";

/** What runs need from outside. */
export interface RunsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly digests: ModelDigests;
  readonly jobs: Jobs;
  readonly startAnalyser: () => RunAnalyser;
  /** Sends a message to a run's panel. */
  readonly tell: (id: string, message: ToAnchors) => void;
}

/** Where a run is kept. */
interface Place {
  /** null: nowhere. */
  file: string | null;
  /** Whether the file follows the run, or waits for the user to draw or score. */
  saving: "follow" | "ask";
}

interface OpenRun {
  readonly session: RunSession;
  readonly place: Place;
}

/** The runs that are open, by the id that the host gave them. */
export class OpenRuns {
  private readonly open = new Map<string, OpenRun>();

  constructor(private readonly options: RunsOptions) {}

  /** Opens a run, in place of the one that had its id. Nothing is done on it yet. */
  begin(id: string, run: Run, { file, saving }: Readonly<Place>): RunSession {
    this.open.get(id)?.session.dispose();
    // Of two views that write one file, the one that was opened first keeps it.
    const isTaken = file !== null && saving === "follow" && this.writerOf(file) !== undefined;
    const place: Place = { file: isTaken ? null : file, saving };
    const session = this.createSession(id, run, place);
    this.open.set(id, { session, place });
    return session;
  }

  /** @throws EngineError `FileVanished` for a run that is not open */
  session(id: string): RunSession {
    return this.known(id).session;
  }

  /** The session, saved from now on, because the user spends time on it. @throws as {@link session} */
  keptSession(id: string): RunSession {
    const { session, place } = this.known(id);
    if (place.file !== null && !this.writerOf(place.file)) place.saving = "follow";
    return session;
  }

  tell(id: string, message: ToAnchors): void {
    this.options.tell(id, message);
  }

  close(id: string): void {
    this.open.get(id)?.session.dispose();
    this.open.delete(id);
  }

  /** Gives a saved run another name, open or not. */
  async rename(file: string, name: string): Promise<void> {
    const writer = this.writerOf(file);
    if (writer) return writer.session.rename(name);
    const run = parseRun(await readFile(file, "utf8"));
    await saveFile(file, serializeRun({ ...run, name }));
  }

  /**
   * Puts samples into the place of a model that a saved run, open or not, has none of.
   * @throws RunFileError where it has some
   */
  async addSide(file: string, role: Role, side: RunSide): Promise<void> {
    const writer = this.writerOf(file);
    if (writer) return writer.session.addSide(role, side);
    const run = parseRun(await readFile(file, "utf8"));
    await saveFile(file, serializeRun(withSide(run, role, side)));
  }

  /** Deletes a saved run, open or not. */
  async remove(file: string): Promise<void> {
    const writer = this.writerOf(file);
    if (writer) {
      writer.place.file = null;
      // A save that is under way would create the file again.
      await writer.session.close();
    }
    await rm(file);
  }

  /** Saves every open run; the server ends. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.open.values()].map(({ session }) => session.close()));
  }

  private known(id: string): OpenRun {
    const found = this.open.get(id);
    if (found) return found;
    throw new EngineError("FileVanished", "The run is not open any more. Open it again.");
  }

  private writerOf(file: string): OpenRun | undefined {
    return [...this.open.values()].find(
      ({ place }) => place.file === file && place.saving === "follow",
    );
  }

  private createSession(id: string, run: Run, place: Place): RunSession {
    const tell = (message: ToAnchors) => {
      // A closed run's late messages would be taken for those of the next one.
      if (this.open.get(id)?.session === session) this.tell(id, message);
    };
    const warn = (message: string) => tell({ type: "error", message });
    const runFile = place.file === null ? null : new RunFile(place.file, run.prompt, warn);
    const session: RunSession = new RunSession(run, {
      ...this.options,
      tell,
      async save(current) {
        if (place.file !== null && place.saving === "follow") await runFile?.save(current);
      },
      list: (progress) => {
        const { name: title, settings } = run;
        const { samples } = settings;
        return this.options.jobs.addRun({ id, title, file: place.file, samples, progress });
      },
    });
    return session;
  }
}
