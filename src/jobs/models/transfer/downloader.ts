import { setTimeout as sleep } from "node:timers/promises";
import { type WorkerThread, workerThread } from "../../workerThread";
import { DownloadError, ended } from "./downloadError";
import { type Timing, TIMING } from "./timing";
import type { Downloader } from "./transfer";
import type { TransferCalls, TransferFailure } from "./worker";

type Thread = WorkerThread<TransferCalls, TransferFailure>;

/** So long the thread may take to end what it is at, ms. */
const END_MS = 2000;

/**
 * The thread starts with the first call; one that has ended is followed by another at the next.
 * @param script the worker's file, `dist/download.mjs`
 * @param timing how patient it is
 */
export function createDownloader(script: URL | string, timing: Timing = TIMING): Downloader {
  const running = new Set<{ readonly stop: () => void; readonly ended: Promise<unknown> }>();
  let thread: Thread | null = null;
  let jobs = 0;
  const current = () => (thread ??= begin());
  const begin = (): Thread => {
    const begun = startThread(script, timing, () => {
      // Another one may have followed meanwhile.
      if (thread === begun) thread = null;
    });
    return begun;
  };

  return {
    async ask(url, token, signal) {
      try {
        return await current().call("ask", { url, token }, undefined, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    async fetch(file, onProgress, signal) {
      signal.throwIfAborted();
      const { call } = current();
      const job = ++jobs;
      const stop = () => void call("stop", { job }).catch(() => undefined);
      const fetching = call("fetch", { job, file }, (now) => signal.aborted || onProgress(now));
      const entry = { stop, ended: fetching.catch(() => undefined) };
      running.add(entry);
      signal.addEventListener("abort", stop, { once: true });
      try {
        return await fetching;
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener("abort", stop);
        running.delete(entry);
      }
    },
    async close() {
      for (const { stop } of running) stop();
      const all = Promise.all([...running].map((entry) => entry.ended));
      await Promise.race([all, sleep(END_MS, undefined, { ref: false })]);
      await thread?.end();
    },
  };
}

function startThread(script: URL | string, timing: Timing, onEnd: () => void): Thread {
  return workerThread<TransferCalls, TransferFailure>(script, {
    workerData: timing,
    toError: ({ kind, message }) =>
      kind === null ? new Error(message) : new DownloadError(kind, message),
    ended,
    onEnd,
  });
}
