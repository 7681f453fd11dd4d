import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";

export interface CommandRun {
  readonly code: number | null;
  /** Empty where the output went into a file. */
  readonly output: string;
  readonly errors: string;
}

export interface CommandOptions {
  /** Where standard output goes to, as with `> FILE`. */
  readonly into?: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** No file grows beyond this many bytes: what is written then fails, as on a full disk (not on Windows). */
  readonly largestFile?: number;
  /** In place of the tests' own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to standard input, which ends then. */
  readonly input?: string;
  /** Ends it as Ctrl+C does. */
  readonly interrupt?: AbortSignal;
}

/** Runs the built `twinlens` as a user does, to its end. */
export function twinlens(
  args: readonly string[],
  { into, nodeOptions = [], largestFile, environment, input, interrupt }: CommandOptions = {},
): Promise<CommandRun> {
  const file = into === undefined ? null : openSync(into, "w");
  const command = [process.execPath, ...nodeOptions, resolve("dist/twinlens.mjs"), ...args];
  // A shell counts blocks of 512 bytes.
  const limited = `ulimit -f ${Math.floor((largestFile ?? 0) / 512)} && exec "$@"`;
  const [program, ...rest] =
    largestFile === undefined ? command : ["sh", "-c", limited, "sh", ...command];
  const child = spawn(program!, rest, {
    stdio: [input === undefined ? "ignore" : "pipe", file ?? "pipe", "pipe"],
    ...(environment && { env: environment }),
  });
  child.stdin?.end(input);
  interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
  if (file !== null) closeSync(file);
  return new Promise((done) => {
    let output = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("close", (code) => done({ code, output, errors }));
  });
}
