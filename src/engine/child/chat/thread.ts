import { Worker } from "node:worker_threads";
import type { PromptPart } from "../../engine";
import { cancelled, EngineError } from "../../errors";
import type { PromptRequest } from "./prompt";
import type { FromPromptWorker } from "./worker";

/** A template comes with a model from the internet: the time, ms, and memory, MB, that it may take, whatever is in it. */
const LONGEST = 2000;
const MOST_MEMORY = 64;

/**
 * Renders a chat prompt in a thread of its own, which ends with the call.
 * @param modelName for messages
 * @throws EngineError `TemplateFailed`, `Cancelled`
 */
export function renderInThread(
  request: PromptRequest,
  modelName: string,
  signal: AbortSignal,
): Promise<readonly PromptPart[]> {
  if (signal.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./chatPrompt.mjs", import.meta.url), {
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY, maxYoungGenerationSizeMb: 16 },
      env: {},
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
    });
    let timer: NodeJS.Timeout | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      void worker.terminate();
      settle();
    };
    const fail = (words: string) => end(() => reject(failed(modelName, words)));
    const onAbort = () => end(() => reject(cancelled()));
    signal.addEventListener("abort", onAbort, { once: true });
    // A busy machine may take its time to start the thread.
    worker.once("online", () => {
      const tooLong = () => fail(`it takes longer than ${LONGEST / 1000} seconds`);
      // After the messages that are waiting: a model that loads blocks this thread, and an answer may have arrived meanwhile.
      timer = setTimeout(() => setImmediate(tooLong), LONGEST);
    });
    worker.once("message", (message: FromPromptWorker) => {
      if (message.type === "prompt") end(() => resolve(message.parts));
      else fail(message.words);
    });
    worker.once("error", (error: Error & { code?: string }) => {
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      fail(isMemory ? `it needs more than ${MOST_MEMORY} MB of memory` : error.message);
    });
    worker.once("exit", () => fail("its thread ended"));
  });
}

function failed(modelName: string, words: string): EngineError {
  return new EngineError(
    "TemplateFailed",
    `The chat template of ${modelName} failed: ${words.replace(/[.\s]+$/, "")}. Use another template (twinlens.chatTemplate, --template), or choose another model.`,
  );
}
