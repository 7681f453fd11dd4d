/**
 * A thread of the engine's process that ends the process with the parent that started it. The main thread may be inside
 * llama.cpp for minutes, and learns of a closed channel only afterwards; this one looks twice a second, whatever the
 * others do.
 */
import { workerData } from "node:worker_threads";
import { endNow } from "./endNow";

const LOOK_MS = 500;

const parent = workerData as number;

setInterval(() => {
  if (process.ppid !== parent || !isRunning(parent)) endNow();
}, LOOK_MS);

/** Windows goes on naming a parent that has ended. */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
