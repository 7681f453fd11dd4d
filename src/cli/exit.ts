/** Exit codes beside those of signals; the help text names them. */
export const ExitCode = {
  Success: 0,
  /** A model or a text could not be read or scored; other texts may have been. */
  Failure: 1,
  Usage: 2,
  /** A number of a study exceeds a threshold. */
  Exceeded: 3,
} as const;

/** The command was called wrongly. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The request can't be fulfilled; the message says why and what to do. */
export class Failure extends Error {
  override readonly name = "Failure";
}
