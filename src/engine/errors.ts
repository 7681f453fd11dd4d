/** Every way the engine can fail, by name. The message says what happened and what to do about it. */
export type EngineErrorCode =
  | "NotGguf"
  | "Truncated"
  | "UnsupportedArchitecture"
  | "UnsupportedTokenizer"
  | "EmbeddingOnly"
  | "NotFirstPart"
  | "FileVanished"
  | "FileUnreadable"
  | "LoadFailed"
  | "OutOfMemory"
  | "ContextTooSmall"
  | "TextTooShort"
  | "NoDistribution"
  | "NoHiddenStates"
  | "ProbeUnreadable"
  | "Untrainable"
  | "Diverged"
  | "CheckpointUnreadable"
  | "AdapterUnreadable"
  | "AdapterMismatch"
  | "StretchTooLong"
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

/** A model whose logits are NaN, or all minus infinity. */
export function noDistribution(modelName: string): EngineError {
  return new EngineError(
    "NoDistribution",
    `${modelName} computes no probabilities here (its logits are not numbers). Its file is damaged, or its weights do not suit this device: download it again, choose another quantisation, or try without the GPU.`,
  );
}

export function isCancelled(error: unknown): boolean {
  return error instanceof EngineError && error.code === "Cancelled";
}

/** What keeps one text from being scored, while others go on. */
const TEXT_FAULTS: readonly EngineErrorCode[] = [
  "EngineCrashed",
  "StretchTooLong",
  "TextTooShort",
  "UnsupportedTokenizer",
];

export function isTextFault(error: unknown): error is EngineError {
  return error instanceof EngineError && TEXT_FAULTS.includes(error.code);
}
