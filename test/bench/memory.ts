/**
 * Memory that `twinlens score` takes for a text as a table, beside the weights: private memory of the command and of the
 * engine at their peaks, with both models' contexts. The texts are read and tokenized to their ends; so that this does not
 * take hours, only the first windows are scored.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setInterval } from "node:timers";
import { folderWith } from "../support/folders";
import { childrenOf, privateMegabytes } from "./processMemory";
import { printTable } from "./table";

const MEGABYTES = [1, 20];
const WINDOWS = 40;
const SAMPLE = readFileSync("sample/night-ferry.md", "utf8");
const POLL_MS = 100;

const folder = folderWith({});
const rows: (string | number)[][] = [];
for (const size of MEGABYTES) {
  const file = join(folder, `${size}.txt`);
  writeFileSync(file, textOf(size * 1e6));
  const { command, engine } = await peaks(file);
  rows.push([`${size} MB`, command.toFixed(0), engine.toFixed(0), (command + engine).toFixed(0)]);
}
printTable(["text", "command, MB", "engine, MB", "both (bar 250)"], rows);

/** Peaks of private memory, MB. */
async function peaks(file: string): Promise<{ command: number; engine: number }> {
  const child = spawn(
    process.execPath,
    ["dist/twinlens.mjs", "score", file, "--cpu", "--max-windows", String(WINDOWS)],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const found = { command: 0, engine: 0 };
  const timer = setInterval(() => {
    found.command = Math.max(found.command, privateMegabytes(child.pid!));
    for (const pid of childrenOf(child.pid!)) {
      found.engine = Math.max(found.engine, privateMegabytes(pid));
    }
  }, POLL_MS);
  await new Promise((done) => child.on("close", done));
  clearInterval(timer);
  return found;
}

function textOf(length: number): string {
  return SAMPLE.repeat(Math.ceil(length / SAMPLE.length)).slice(0, length);
}
