/**
 * A thread of the engine's process that ends the process with the parent that started it. The main thread may be inside
 * llama.cpp for minutes, and learns of a closed channel only afterwards; this one looks twice a second, whatever the
 * others do.
 */
import { workerData } from "node:worker_threads";
import { endNow } from "./endNow";
import { isRunning } from "../isRunning";

const LOOK_MS = 500;

const parent = workerData as number;

setInterval(() => {
  // On Windows a parent that has ended is still named.
  if (process.ppid !== parent || !isRunning(parent)) endNow();
}, LOOK_MS);
