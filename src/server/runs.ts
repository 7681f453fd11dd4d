import { EngineError } from "../engine/errors";
import { parseRun, type Run, serializeRun } from "../protocol/generations";
import type { ToAnchors } from "../protocol/panels";
import type { Configuration } from "../protocol/requests";
import type {
  OpenRunParams,
  RunOptionsParams,
  RunParams,
  StartRunParams,
} from "../protocol/runRequests";
import type { Role } from "../protocol/scores";
import { importedRun, importSamples } from "../runs/importSamples";
import { newRun } from "../runs/newRun";
import { saveText } from "../runs/saveText";
import type { RunAnalyser } from "../runs/workerClient";
import type { Models } from "./models";
import type { ModelHashes } from "./modelHash";
import { RunSession } from "./runSession";

/** What runs meet of the outside. */
export interface RunsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly hashes: ModelHashes;
  readonly startAnalyser: () => RunAnalyser;
  /** Says something to a run's panel. */
  readonly tell: (id: string, message: ToAnchors) => void;
  readonly log: (message: string) => void;
}

/** The runs that are open, by the id that the host gave them. */
export interface Runs {
  start(params: StartRunParams): null;
  open(params: OpenRunParams): null;
  setOptions(params: RunOptionsParams): Promise<null>;
  cancel(params: RunParams): null;
  resume(params: RunParams): null;
  score(params: RunParams): null;
  show(params: RunParams): null;
  close(params: RunParams): null;
}

export function createRuns(options: RunsOptions): Runs {
  const sessions = new Map<string, RunSession>();

  /** @param written what the file holds already */
  const begin = (id: string, run: Run, file: string | null, written = "") => {
    sessions.get(id)?.dispose();
    const session: RunSession = new RunSession(run, {
      ...options,
      tell: (message) => {
        // What a closed run still has to say would be taken for the next one's.
        if (sessions.get(id) === session) options.tell(id, message);
      },
      save: async (current) => {
        const text = serializeRun(current);
        if (file === null || text === written) return;
        await saveText(file, text);
        written = text;
      },
    });
    sessions.set(id, session);
    return session;
  };
  const known = (id: string): RunSession => {
    const session = sessions.get(id);
    if (!session)
      throw new EngineError("FileVanished", "The run is not open any more. Open it again.");
    return session;
  };
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => options.log(String(error)));
    return null;
  };

  return {
    start({ id, prompt, file }) {
      const { samples, seed, maxTokens } = options.configuration().settings;
      const run = newRun(prompt, { samples, seed, maxTokens, width: null });
      return inBackground(begin(id, run, file).draw());
    },
    open({ id, name, text, file, role = "rlhf" }) {
      const { run, unread } = readRun(name, text, role);
      const session = begin(id, run, file, text);
      return inBackground(
        session.analyse().then(() => {
          if (unread !== null) options.tell(id, { type: "error", message: unread });
        }),
      );
    },
    async setOptions({ id, options: wanted }) {
      await known(id).setOptions(wanted);
      return null;
    },
    cancel({ id }) {
      known(id).cancel();
      return null;
    },
    resume: ({ id }) => inBackground(known(id).draw()),
    score: ({ id }) => inBackground(known(id).score()),
    show({ id }) {
      known(id).show();
      return null;
    },
    close({ id }) {
      sessions.get(id)?.dispose();
      sessions.delete(id);
      return null;
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
        : `The file has samples of ${imported.length} prompts; the first one's are shown. The command "twinlens anchors --samples" takes them all.`,
  };
}
