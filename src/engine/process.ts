/** The engine's child process: receives calls, answers them, and ends with its parent. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { endNow } from "./endNow";
import type { EngineErrorCode } from "./errors";
import { EngineError } from "./errors";
import { createEngineHost } from "./handlers";
import type { FromChild, CallName, ToChild } from "./messages";

/** What the parent, ended a moment ago, no longer takes is lost: without the last argument it would be an uncaught error. */
const send = (message: FromChild) => process.send?.(message, undefined, undefined, () => undefined);
const host = createEngineHost(readFileSync(new URL("./readout.wasm", import.meta.url)), (text) =>
  send({ type: "log", text }),
);
const running = new Map<number, AbortController>();

// The parent names itself: it may have ended before this line is reached.
new Worker(new URL("./orphanWatch.mjs", import.meta.url), {
  workerData: Number(process.argv[2]),
}).unref();
process.on("disconnect", endNow);
// Node's own way out of an uncaught error waits for the threads inside llama.cpp, which may wait for this one.
process.on("uncaughtException", (error) => {
  console.error(error);
  endNow();
});
process.on("message", (message: ToChild) => {
  switch (message.type) {
    case "cancel":
      running.get(message.id)?.abort();
      return;
    case "call": {
      const { id, method, params } = message;
      const controller = new AbortController();
      running.set(id, controller);
      void run(id, method, params, controller.signal);
      return;
    }
    default:
      message satisfies never;
  }
});

async function run(
  id: number,
  method: CallName,
  params: unknown,
  signal: AbortSignal,
): Promise<void> {
  try {
    const emit = (value: unknown) => send({ type: "event", id, value });
    const value = await host.call(method, params, emit, signal);
    send({ type: "result", id, value });
  } catch (error) {
    send({ type: "error", id, ...describe(error) });
  } finally {
    running.delete(id);
  }
}

/** Every error with its name; the stack only of unexpected ones. */
function describe(error: unknown): { code: EngineErrorCode; message: string } {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return unforeseen(String(error));
  if ("syscall" in error) return { code: "FileUnreadable", message: error.message };
  if (error instanceof RangeError && /alloc|memory/i.test(error.message)) {
    const message = `There is not enough memory (${error.message}). Close other programs, choose a smaller window (twinlens.window), or a smaller model.`;
    return { code: "OutOfMemory", message };
  }
  return unforeseen(error.stack ?? error.message);
}

function unforeseen(text: string): { code: EngineErrorCode; message: string } {
  return { code: "EngineCrashed", message: `The engine failed unexpectedly: ${text}` };
}
