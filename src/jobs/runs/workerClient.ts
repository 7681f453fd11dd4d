import { Worker } from "node:worker_threads";
import type { Aligner, AlignmentView, AnchorsView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { Role } from "../../protocol/roles";
import type { AlignableRun } from "./analysis";
import type { FromWorker, ToWorker } from "./workerMessages";

/** Alignment and anchors of one run, computed in a thread of their own. */
export interface RunAnalyser {
  /** Aligns a model's samples unless `run` has an alignment; null after a cancel. */
  analyse(
    role: Role,
    aligner: Aligner,
    run: AlignableRun,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<AlignmentView | null>;
  /** Anchors of samples analysed before; null when they were not. */
  anchors(role: Role, aligner: Aligner, options: AnchorOptions): Promise<AnchorsView | null>;
  dispose(): Promise<void>;
}

interface Pending {
  readonly resolve: (message: FromWorker) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((fraction: number) => void) | undefined;
}

/**
 * The thread starts with the first call.
 * @param script the worker's file, `dist/alignment.mjs`
 */
export function startAnalyser(script: string | URL): RunAnalyser {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let ended: Error | null = null;
  let nextId = 1;

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

  const send = (message: ToWorker, onProgress?: (fraction: number) => void) =>
    new Promise<FromWorker>((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      pending.set(message.id, { resolve, reject, onProgress });
      worker ??= start();
      worker.postMessage(message);
    });

  return {
    async analyse(role, aligner, run, onProgress, signal) {
      const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const onAbort = () => Atomics.store(stop, 0, 1);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
      try {
        const message = { type: "analyse", id: nextId++, role, aligner, run, stop } as const;
        const answer = await send(message, onProgress);
        return answer.type === "alignment" ? answer.alignment : null;
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    async anchors(role, aligner, options) {
      const answer = await send({ type: "anchors", id: nextId++, role, aligner, options });
      return answer.type === "anchors" ? answer.anchors : null;
    },
    async dispose() {
      ended ??= new Error("The alignment was ended.");
      await worker?.terminate();
    },
  };
}
