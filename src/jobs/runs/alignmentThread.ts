import { type WorkerThread, workerThread } from "../workerThread";
import type { AlignmentCalls } from "./worker";

export type AlignmentThread = WorkerThread<AlignmentCalls, string>;

/** Of what a thread allocates and soon forgets: V8 takes up to 48 for each thread, and alignments are no faster for it. */
const YOUNG_MEGABYTES = 8;

/** @param script the worker's file, `dist/alignment.mjs` */
export function alignmentThread(script: string | URL): AlignmentThread {
  return workerThread<AlignmentCalls, string>(script, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    toError: (words) => new Error(words),
    ended: () => new Error("The alignment was ended."),
  });
}
