/** What the command line says of failures, and the exit codes they have. */
import { visibleText } from "../../analysis/presentation/format";
import { EngineError } from "../../engine/errors";
import { RunFileError } from "../../formats/parseRun";
import { CorpusError } from "../../jobs/corpora/faults";
import { OtherRunError } from "../../jobs/runs/draw";
import { RecordError } from "../../jobs/files/records";
import { ExitCode, Failure, UsageError } from "../exit";
import { EndedBySignal } from "../signals";

/** The message for a failure, and its exit code. */
function explain(error: unknown): { message: string; code: number } {
  if (error instanceof EndedBySignal) return { message: error.message, code: error.code };
  if (error instanceof UsageError) {
    return { message: `${error.message} See "twinlens --help".`, code: ExitCode.Usage };
  }
  if (isExpected(error)) return { message: error.message, code: ExitCode.Failure };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message, code: ExitCode.Failure };
}

/** Failures whose message says what to do; of all others the stack is of use. */
const EXPECTED = [
  Failure,
  CorpusError,
  EngineError,
  RangeError,
  RecordError,
  RunFileError,
  OtherRunError,
];

function isExpected(error: unknown): error is Error {
  return EXPECTED.some((kind) => error instanceof kind) || isSystemError(error);
}

/** The system's errors, such as a missing file. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** Says what failed; resolves to its exit code. */
export function complain(error: unknown, what = "twinlens"): Promise<number> {
  const { message, code } = explain(error);
  return say(message, what).then(() => code);
}

/** Writes a message to standard error; resolves when it is written, or can't be. */
export function say(message: string, what = "twinlens"): Promise<void> {
  const shown = message.split("\n").map(visibleText).join("\n");
  return new Promise((said) => process.stderr.write(`${what}: ${shown}\n`, () => said()));
}
