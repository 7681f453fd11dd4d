import { EngineError, type EngineErrorCode } from "../../engine/errors";

/** Errors that the same training need not run into again. */
const PASSING: readonly EngineErrorCode[] = [
  "Cancelled",
  "EngineCrashed",
  "FileUnreadable",
  "OutOfMemory",
];

/** Whether a training that has ended with `error` may be gone on with, where it is kept. */
export function mayGoOn(error: unknown): error is EngineError {
  return error instanceof EngineError && PASSING.includes(error.code);
}
