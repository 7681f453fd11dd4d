import { performance } from "node:perf_hooks";
import type { TrainingWindow } from "../../training";
import { allThreads } from "../llama/context";
import type { Training } from "./training";

/** Threads that gain less than half are not worth what they lose when the machine is busy. */
const WORTH_WAITING = 1.5;

/**
 * Chooses between one thread and all, by the time that a window's loss takes: threads wait for each other by spinning, so that where
 * others are at work one can be many times faster.
 */
export async function chooseThreads(training: Training, window: TrainingWindow): Promise<void> {
  const all = allThreads();
  if (all === 1) return;
  const time = async (threads: number) => {
    training.backend.setThreads(threads);
    const start = performance.now();
    await training.lossOf(window);
    return performance.now() - start;
  };
  const together = await time(all);
  const alone = await time(1);
  if (alone > together * WORTH_WAITING) training.backend.setThreads(all);
}
