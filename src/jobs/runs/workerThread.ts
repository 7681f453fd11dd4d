import { Worker } from "node:worker_threads";
import { type Caller, createCaller } from "../../calls/caller";
import type { AlignmentCalls } from "./worker";

/** A thread that answers calls; they reject with the worker's error, and when the thread has ended. */
export interface WorkerThread {
  readonly call: Caller<AlignmentCalls, string>["call"];
  end(): Promise<void>;
}

/** Of what a thread allocates and soon forgets: V8 takes up to 48 for each thread, and alignments are no faster for it. */
const YOUNG_MEGABYTES = 8;

/**
 * The thread starts with the first call.
 * @param script the worker's file, `dist/alignment.mjs`
 */
export function workerThread(script: string | URL): WorkerThread {
  let worker: Worker | null = null;
  const ended = () => new Error("The alignment was ended.");
  const { call, receive, end } = createCaller<AlignmentCalls, string>({
    send: (message) => (worker ??= start()).postMessage(message),
    toError: (words) => new Error(words),
    cancelled: ended,
  });

  function start(): Worker {
    const started = new Worker(script, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    started.on("message", receive);
    started.on("error", end);
    started.on("exit", () => end(ended()));
    return started;
  }

  return {
    call,
    async end() {
      end(ended());
      await worker?.terminate();
    },
  };
}
