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
}

/** Runs the built `twinlens` as a user does, to its end. */
export function twinlens(
  args: readonly string[],
  { into, nodeOptions = [] }: CommandOptions = {},
): Promise<CommandRun> {
  const file = into === undefined ? null : openSync(into, "w");
  const child = spawn(process.execPath, [...nodeOptions, resolve("dist/twinlens.mjs"), ...args], {
    stdio: ["ignore", file ?? "pipe", "pipe"],
  });
  if (file !== null) closeSync(file);
  return new Promise((done) => {
    let output = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("close", (code) => done({ code, output, errors }));
  });
}
