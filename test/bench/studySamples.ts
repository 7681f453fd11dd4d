/**
 * What a study takes for the samples of 80 prompts once they are there: 100 of each model, of 1,300 characters, as a recorded
 * set. Wall-clock time of `twinlens study` from its start to its report, and its resident memory at the peak, threads
 * included (Linux). `CORES=0,1` keeps it to these processors.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setInterval } from "node:timers";
import { folderWith } from "../support/folders";
import { plantTexts } from "../support/plantedTexts";
import { printTable } from "./table";

const PROMPTS = 80;
const SAMPLES = 100;
const CHARACTERS = 1300;
/** Share of the planted sentences that a sample keeps. */
const KEPT = { base: 0.2, rlhf: 0.8 } as const;
const POLL_MS = 100;

const lines = Array.from({ length: PROMPTS }, (_, prompt) =>
  (["base", "rlhf"] as const).map((stage, i) => {
    const seed = 2 * prompt + i;
    const { texts } = plantTexts({
      seed,
      texts: SAMPLES,
      characters: CHARACTERS,
      keep: KEPT[stage],
    });
    return JSON.stringify({ prompt: `Write the story of day ${prompt}.`, stage, samples: texts });
  }),
).flat();
const folder = folderWith({ "samples.jsonl": lines.join("\n") });
const file = join(folder, "recorded.twinlens-study.yaml");
writeFileSync(file, "version: 1\nrecorded: [{ name: planted, path: samples.jsonl }]\n");

const start = performance.now();
const cores = process.env["CORES"];
const command = [process.execPath, "dist/twinlens.mjs", "study", file];
const [program, ...args] = cores === undefined ? command : ["taskset", "-c", cores, ...command];
const child = spawn(program!, args, { stdio: ["ignore", "ignore", "inherit"] });
const peak = await peakOf(child);
const seconds = (performance.now() - start) / 1000;
const written = readFileSync(join(folder, "recorded.twinlens-results.json")).length;
const runs = readdirSync(join(folder, "recorded.twinlens-runs")).length;
printTable(
  ["prompts", "samples", "s (bar 60)", "MB (bar 500)", "results, MB", "runs"],
  [[PROMPTS, 2 * SAMPLES, seconds.toFixed(1), peak.toFixed(0), (written / 1e6).toFixed(1), runs]],
);
rmSync(dirname(folder), { recursive: true, force: true });

/** Resident memory at the peak, MB. */
async function peakOf(child: ChildProcess): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentPeak(child.pid!))), POLL_MS);
  await new Promise((done) => child.on("close", done));
  clearInterval(timer);
  return peak;
}

/** 0 where the process has ended. */
function residentPeak(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
