import { readFile, rm } from "node:fs/promises";
import { EngineError } from "../../engine/errors";
import { parseRun } from "../../formats/parseRun";
import type { Run } from "../../formats/run";
import { serializeRun } from "../../formats/serializeRun";
import type { RunProgress } from "../../protocol/anchorViews";
import type { Configuration } from "../../protocol/configuration";
import type { ToAnchors } from "../../protocol/panels";
import type { Role } from "../../protocol/roles";
import type { RunRequest } from "../../protocol/runs";
import { importedRun, importSamples } from "../../jobs/runs/importSamples";
import { newRun } from "../../jobs/runs/newRun";
import { saveFile } from "../../jobs/store/saveFile";
import { RunFile } from "../../jobs/runs/runFile";
import type { RunAnalyser } from "../../jobs/runs/workerClient";
import type { Answers } from "../connection/channel";
import type { Jobs, ListedRun } from "../jobs/jobs";
import type { Models } from "../models/models";
import type { ModelHashes } from "../models/modelHash";
import { RunSession } from "./runSession";

/** What runs need from outside. */
export interface RunsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly hashes: ModelHashes;
  readonly jobs: Jobs;
  readonly startAnalyser: () => RunAnalyser;
  /** Sends a message to a run's panel. */
  readonly tell: (id: string, message: ToAnchors) => void;
  readonly log: (message: string) => void;
}

/** The runs that are open, by the id that the host gave them. */
export interface Runs extends Answers<typeof RunRequest> {
  /** Saves every open run; the server ends. */
  readonly closeAll: () => Promise<void>;
}

/** An open run and where it is kept. */
interface OpenRun {
  readonly session: RunSession;
  /** null: nowhere. */
  file: string | null;
  /** Whether the file follows the run, or waits for the user to draw or score. */
  saving: "follow" | "ask";
}

export function createRuns(options: RunsOptions): Runs {
  const open = new Map<string, OpenRun>();
  const writerOf = (file: string) =>
    [...open.values()].find((one) => one.file === file && one.saving === "follow");

  const begin = (
    id: string,
    run: Run,
    file: string | null,
    saving: OpenRun["saving"] = "follow",
  ) => {
    open.get(id)?.session.dispose();
    const tell = (message: ToAnchors) => {
      // A closed run's late messages would be taken for those of the next one.
      if (open.get(id)?.session === session) options.tell(id, message);
    };
    const warn = (message: string) => tell({ type: "error", message });
    const runFile = file === null ? null : new RunFile(file, run.prompt, warn);
    const save = async (current: Run) => {
      if (here.file !== null && here.saving === "follow") await runFile?.save(current);
    };
    const list = (progress: RunProgress): ListedRun => {
      const { name: title, settings } = run;
      const { samples } = settings;
      return options.jobs.addRun({ id, title, file: here.file, samples, progress });
    };
    const session = new RunSession(run, { ...options, list, tell, save });
    // Of two views that write one file, the one that was opened first keeps it.
    const isTaken = file !== null && saving === "follow" && writerOf(file) !== undefined;
    const here: OpenRun = { session, file: isTaken ? null : file, saving };
    open.set(id, here);
    return session;
  };
  const known = (id: string): OpenRun => {
    const found = open.get(id);
    if (!found)
      throw new EngineError("FileVanished", "The run is not open any more. Open it again.");
    return found;
  };
  /** The session, saved from now on, because the user spends time on it. */
  const kept = (id: string): RunSession => {
    const found = known(id);
    if (found.file !== null && !writerOf(found.file)) found.saving = "follow";
    return found.session;
  };
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => options.log(String(error)));
    return null;
  };

  return {
    start({ id, prompt, file }) {
      const { samples, seed, maxTokens } = options.configuration().settings;
      const run = newRun(prompt, { samples, seed, maxTokens });
      return inBackground(begin(id, run, file).draw());
    },
    open({ id, name, text, file, role = "rlhf", saving }) {
      const { run, unread } = readRun(name, text, role);
      const session = begin(id, run, file, saving);
      return inBackground(
        session.analyse().then(() => {
          if (unread !== null) options.tell(id, { type: "error", message: unread });
        }),
      );
    },
    async setOptions({ id, options: wanted }) {
      await known(id).session.setOptions(wanted);
      return null;
    },
    cancel({ id }) {
      known(id).session.cancel();
      return null;
    },
    resume: ({ id }) => inBackground(kept(id).draw()),
    score: ({ id }) => inBackground(kept(id).score()),
    show({ id }) {
      known(id).session.show();
      return null;
    },
    close({ id }) {
      open.get(id)?.session.dispose();
      open.delete(id);
      return null;
    },
    async rename({ file, name }) {
      const found = writerOf(file);
      if (found) await found.session.rename(name);
      else {
        const run = parseRun(await readFile(file, "utf8"));
        await saveFile(file, serializeRun({ ...run, name }));
      }
      return null;
    },
    async remove({ file }) {
      const found = writerOf(file);
      if (found) {
        found.file = null;
        // A save that is under way would create the file again.
        await found.session.close();
      }
      await rm(file);
      return null;
    },
    async closeAll() {
      await Promise.all([...open.values()].map(({ session }) => session.close()));
    },
  };
}

/** A run's file, or samples from elsewhere; `unread` says what is not shown. @throws RunFileError, ImportError */
function readRun(name: string, text: string, role: Role): { run: Run; unread: string | null } {
  // Within a text the quotes would be escaped.
  if (/"format"\s*:\s*"twinlens-run"/u.test(text)) return { run: parseRun(text), unread: null };
  const imported = importSamples(text);
  return {
    run: importedRun(name, new Date().toISOString(), role, imported[0]!),
    unread:
      imported.length === 1
        ? null
        : `The file has samples of ${imported.length} prompts; those of the first are shown. The command "twinlens anchors --samples" takes them all.`,
  };
}
