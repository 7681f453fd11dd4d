import { type ResourceLimits, Worker } from "node:worker_threads";
import { type Caller, createCaller } from "../calls/caller";
import type { Answers } from "../calls/answers";

/** A thread that answers calls; they reject with the thread's error, and when it has ended. */
export interface WorkerThread<Table, Failure> {
  readonly call: Caller<Table, Failure>["call"];
  end(): Promise<void>;
}

export interface WorkerThreadOptions<Failure> {
  /** What the thread is given as it starts. */
  readonly workerData?: unknown;
  readonly resourceLimits?: ResourceLimits;
  /** The error that the thread's failure is here. */
  readonly toError: (failure: Failure) => Error;
  /** What calls reject with once it has ended. */
  readonly ended: () => Error;
  /** It has ended, by itself or because it was told to. */
  readonly onEnd?: () => void;
}

/**
 * The thread starts with the first call.
 * @param script the thread's file in `dist`
 * @typeParam Table what it answers
 */
export function workerThread<Table extends Answers<Table>, Failure>(
  script: string | URL,
  { workerData, resourceLimits, toError, ended, onEnd }: WorkerThreadOptions<Failure>,
): WorkerThread<Table, Failure> {
  let worker: Worker | null = null;
  const { call, receive, end } = createCaller<Table, Failure>({
    send: (message) => (worker ??= start()).postMessage(message),
    toError,
    cancelled: ended,
  });
  const close = (error: Error) => {
    onEnd?.();
    end(error);
  };

  function start(): Worker {
    const started = new Worker(script, { workerData, ...(resourceLimits && { resourceLimits }) });
    started.on("message", receive);
    started.on("error", close);
    started.on("exit", () => close(ended()));
    return started;
  }

  return {
    call,
    async end() {
      close(ended());
      await worker?.terminate();
    },
  };
}
