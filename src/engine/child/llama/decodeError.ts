import { EngineError } from "../../errors";

/** What a status of `llama_decode` other than 0 means. */
export function decodeError(status: number): EngineError {
  return status === 1
    ? new EngineError("ContextTooSmall", "The context has no room left. Choose a smaller window.")
    : new EngineError(
        "EngineCrashed",
        `llama.cpp could not decode a batch (status ${status}). Load the model again; if that does not help, it is damaged.`,
      );
}
