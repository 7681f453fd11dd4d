/** The engine's child process: receives calls, answers them, and ends with its parent. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { answerCalls } from "../../calls/answers";
import { endNow } from "./endNow";
import { EngineError } from "../errors";
import { CALLS } from "./calls/calls";
import { allThreads } from "./llama/context";
import type { EngineFailure, FromChild } from "./messages";
import { Residents } from "./residents";
import { answerInTurns } from "./turns";

/** What the parent, ended a moment ago, no longer takes is lost: without the last argument it would be an uncaught error. */
const send = (message: FromChild) => process.send?.(message, undefined, undefined, () => undefined);
const [parent, gpuFolder] = process.argv.slice(2);
const residents = new Residents(
  readFileSync(new URL("./readout.wasm", import.meta.url)),
  gpuFolder || null,
  (text) => send({ type: "log", text }),
);
// The parent names itself: it may have ended before this line is reached.
new Worker(new URL("./orphanWatch.mjs", import.meta.url), {
  workerData: Number(parent),
}).unref();
process.on("disconnect", endNow);
// A terminal, and what ends a group of processes, signals all of them: the parent decides, and may wait for what is saved.
for (const name of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(name, () => undefined);
// Node's own way out of an uncaught error waits for the threads inside llama.cpp, which may wait for this one.
process.on("uncaughtException", (error) => {
  console.error(error);
  endNow();
});
process.on("message", answerCalls(answerInTurns(CALLS, residents, allThreads()), toFailure, send));

/** Every error with its name; the stack only of unexpected ones. */
function toFailure(error: unknown): EngineFailure {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return unforeseen(String(error));
  if ("syscall" in error) return { code: "FileUnreadable", message: error.message };
  if (error instanceof RangeError && /alloc|memory/i.test(error.message)) {
    const message = `There is not enough memory (${error.message}). Close other programs, choose a smaller window (twinlens.window), or a smaller model.`;
    return { code: "OutOfMemory", message };
  }
  return unforeseen(error.stack ?? error.message);
}

function unforeseen(text: string): EngineFailure {
  return { code: "EngineCrashed", message: `The engine failed unexpectedly: ${text}` };
}
