import { EngineError } from "../engine/errors";

/** Signals that end a program, and the exit code that a shell gives to each: 128 + its number. */
const ENDING = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Ending = keyof typeof ENDING;

/** Within this time a second signal counts as the same press of Ctrl-C, which a terminal and npm both pass on, ms. */
const ONE_PRESS_MS = 500;

/** The work was stopped by a signal, and has saved what it had. */
export class EndedBySignal extends Error {
  override readonly name = "EndedBySignal";
  readonly code: number;

  constructor(by: Ending) {
    super(by === "SIGINT" ? "Interrupted." : `Ended by ${by}.`);
    this.code = ENDING[by];
  }
}

/**
 * Runs `work`, whose signal is raised by the first SIGHUP, SIGINT or SIGTERM; the next one ends the process at once.
 * Before and afterwards they do as usual.
 * @throws EndedBySignal where the work was cancelled by one; otherwise what `work` throws
 */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const first: { by?: Ending; at?: number } = {};
  const receive = (by: Ending) => {
    first.at ??= performance.now();
    first.by ??= by;
    if (performance.now() - first.at > ONE_PRESS_MS) process.exit(ENDING[by]);
    stopping.abort();
  };
  const signals = Object.keys(ENDING) as Ending[];
  for (const name of signals) process.on(name, receive);
  try {
    return await work(stopping.signal);
  } catch (error) {
    // What ended this program may have ended the engine too, which then means no more than a cancel.
    if (first.by !== undefined && error instanceof EngineError) throw new EndedBySignal(first.by);
    throw error;
  } finally {
    for (const name of signals) process.off(name, receive);
  }
}
