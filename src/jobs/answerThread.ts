import { parentPort } from "node:worker_threads";
import { type Answers, answerCalls } from "../calls/answers";

/** What an error is called for those who only tell it on. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Answers the calls of the thread that has started this one. @param failureOf what an error is at its end */
export function answerThread<Table extends Answers<Table>, Failure>(
  calls: Table,
  failureOf: (error: unknown) => Failure,
): void {
  parentPort?.on(
    "message",
    answerCalls(calls, failureOf, (message) => parentPort?.postMessage(message)),
  );
}
