import type { ChanceDraws } from "../../analysis/samples/chance";
import type { Aligner, AlignmentView, AnchorsView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { Role } from "../../protocol/roles";
import type { AlignableRun } from "./analysis";
import type { ChanceOf } from "./chance";
import { type AlignmentThread, alignmentThread } from "./alignmentThread";

/** Alignment and anchors of one run, computed in a thread of their own, and chance levels in others. */
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
  /** Draws a chance level of overlap, whatever else is asked for meanwhile; null: there is none, or after a cancel. */
  chance(
    of: ChanceOf,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<ChanceDraws | null>;
  dispose(): Promise<void>;
}

/** @param script the worker's file, `dist/alignment.mjs` */
export function startAnalyser(script: string | URL): RunAnalyser {
  const aligning = alignmentThread(script);
  const drawing = new Set<AlignmentThread>();
  let isDisposed = false;

  return {
    async analyse(role, aligner, run, onProgress, signal) {
      const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const onAbort = () => Atomics.store(stop, 0, 1);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
      try {
        return await aligning.call("analyse", { role, aligner, run, stop }, onProgress);
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    anchors: (role, aligner, options) => aligning.call("anchors", { role, aligner, options }),
    async chance(of, onProgress, signal) {
      if (isDisposed || signal?.aborted) return null;
      const thread = alignmentThread(script);
      drawing.add(thread);
      const onAbort = () => void thread.end();
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        return await thread.call("chance", of, onProgress);
      } catch (error) {
        if (isDisposed || signal?.aborted) return null;
        throw error;
      } finally {
        signal?.removeEventListener("abort", onAbort);
        drawing.delete(thread);
        await thread.end();
      }
    },
    async dispose() {
      isDisposed = true;
      await Promise.all([aligning, ...drawing].map((thread) => thread.end()));
    },
  };
}
