/** Every way the engine can fail, by name. The message says what happened and what to do about it. */
export type EngineErrorCode =
  | "NotGguf"
  | "Truncated"
  | "UnsupportedArchitecture"
  | "UnsupportedTokenizer"
  | "EmbeddingOnly"
  | "FileVanished"
  | "LoadFailed"
  | "OutOfMemory"
  | "ContextTooSmall"
  | "TextTooShort"
  | "NoChatTemplate"
  | "TemplateFailed"
  | "VersionMismatch"
  | "EngineCrashed"
  | "Cancelled";

export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The caller's signal was raised; partial results delivered before stay valid. */
export function cancelled(): EngineError {
  return new EngineError("Cancelled", "Cancelled.");
}

export function isCancelled(error: unknown): boolean {
  return error instanceof EngineError && error.code === "Cancelled";
}
