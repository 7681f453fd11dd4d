import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./workerMessages";

/** A thread that answers requests. */
export interface WorkerThread {
  /** Rejects with the worker's error, and when the thread has ended. */
  send(message: ToWorker, onProgress?: (fraction: number) => void): Promise<FromWorker>;
  end(): Promise<void>;
}

interface Pending {
  readonly resolve: (message: FromWorker) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((fraction: number) => void) | undefined;
}

/**
 * The thread starts with the first request.
 * @param script the worker's file, `dist/alignment.mjs`
 */
export function workerThread(script: string | URL): WorkerThread {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let ended: Error | null = null;

  const receive = (message: FromWorker) => {
    const call = pending.get(message.id);
    if (call === undefined) return;
    if (message.type === "progress") {
      call.onProgress?.(message.fraction);
      return;
    }
    pending.delete(message.id);
    if (message.type === "error") call.reject(new Error(message.message));
    else call.resolve(message);
  };
  const fail = (error: Error) => {
    ended ??= error;
    for (const call of pending.values()) call.reject(error);
    pending.clear();
  };
  const start = () => {
    const started = new Worker(script);
    started.on("message", receive);
    started.on("error", fail);
    started.on("exit", () => fail(new Error("The alignment was ended.")));
    return started;
  };

  return {
    send: (message, onProgress) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        pending.set(message.id, { resolve, reject, onProgress });
        worker ??= start();
        worker.postMessage(message);
      }),
    async end() {
      ended ??= new Error("The alignment was ended.");
      await worker?.terminate();
    },
  };
}
