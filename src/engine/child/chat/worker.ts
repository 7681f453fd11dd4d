/** The worker thread: renders one chat prompt, answers, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import type { PromptPart } from "../../engine";
import { chatPrompt, type PromptRequest } from "./prompt";

export type FromPromptWorker =
  | { readonly type: "prompt"; readonly parts: readonly PromptPart[] }
  /** In the words of the template, or of the interpreter about it. */
  | { readonly type: "failed"; readonly words: string };

function render(): FromPromptWorker {
  try {
    return { type: "prompt", parts: chatPrompt(workerData as PromptRequest) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const isTooDeep = error instanceof RangeError && words.includes("call stack");
    return { type: "failed", words: isTooDeep ? "it is nested too deeply" : words };
  }
}

parentPort?.postMessage(render());
