/**
 * Kills programs that use a model at random moments, and checks 3 s later what is left: processes, and samples that were drawn
 * 3 s before.
 *
 *     MODEL=/path/to/model.gguf [KILLS=60] [SEED=1] npm run bench -- kills
 *
 * MODEL should be a real one that takes a second to load (SmolLM2-135M-Instruct, for instance). Linux.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseRun } from "../../src/formats/parseRun";
import { DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { RunRequest } from "../../src/protocol/runs";
import { runningProcesses } from "../support/processes";
import { seededRandom } from "../../src/analysis/statistics/random";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";
import { printTable } from "./table";

const GRACE_MS = 3000;
/** Most kills come early, when models are loaded. */
const LONGEST_MS = 8000;
/** Samples have to come before they can be lost. */
const DRAWN_FOR_MS = 8000;
const DRAWING = { samples: 1000, maxTokens: 8 };
const ENDLESS = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}x";

const model = process.env.MODEL ?? resolve("models/twin-rlhf.gguf");
const kills = Number(process.env.KILLS ?? 60);
const random = seededRandom(Number(process.env.SEED ?? 1));
const folder = mkdtempSync(join(tmpdir(), "twinlens-kills-"));
const text = write(
  "text.txt",
  "It was the best of times, it was the worst of times.\n".repeat(400),
);
const template = write("endless.jinja", ENDLESS);
const PROMPT = "Write a story about a river.";

interface Outcome {
  readonly what: string;
  readonly afterMs: number;
  readonly left: number;
  readonly lost: number;
  readonly drawn: number;
}

const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
const outcomes: Outcome[] = [];
for (let i = 0; i < kills; i++) {
  const moment = Math.floor(random() ** 2 * LONGEST_MS);
  const outcome = i % 2 === 0 ? await killCommand(i, moment) : await killServer(i, moment);
  outcomes.push(outcome);
  console.log(JSON.stringify(outcome));
}
const sum = (key: "left" | "lost" | "drawn") => outcomes.reduce((all, one) => all + one[key], 0);
printTable(
  ["kills", "processes left", "samples drawn 3 s before", "of them lost"],
  [[outcomes.length, sum("left"), sum("drawn"), sum("lost")]],
);
rmSync(folder, { recursive: true });
process.exit(sum("left") + sum("lost") > 0 ? 1 : 0);

/** The command line while it loads, scores, draws or renders: killed itself, or its engine. */
async function killCommand(i: number, moment: number): Promise<Outcome> {
  const runs = join(folder, `runs-${i}`);
  const drawing = ["--rlhf", model, "--prompt", PROMPT, "--samples-per-prompt", "1000"];
  const short = ["--runs", runs, "--max-tokens", `${DRAWING.maxTokens}`, "--width", "8"];
  const commands = {
    score: ["score", text, "--base", model],
    sample: ["sample", ...drawing, ...short],
    render: ["sample", ...drawing, "--template", template],
  };
  const name = pick(["score", "sample", "sample", "render"] as const);
  const afterMs = name === "sample" ? moment + DRAWN_FOR_MS : moment;
  const child = spawn(
    process.execPath,
    [resolve("dist/twinlens.mjs"), ...commands[name], "--cpu"],
    { stdio: "ignore" },
  );
  const started = Date.now();
  await sleep(afterMs);
  const tree = descendants(child);
  const signal = pick(["SIGKILL", "SIGTERM", "SIGHUP", "engine"] as const);
  if (signal === "engine") for (const id of tree.slice(1)) endProcess(id);
  else child.kill(signal);
  await sleep(GRACE_MS);
  const saved = savedBy(runs, started + afterMs);
  // A command whose engine has died may go on with another.
  const left = stillThere(signal === "engine" ? tree.slice(1) : tree);
  child.kill("SIGKILL");
  return { what: `${name}, ${signal}`, afterMs, left, ...saved };
}

/** A server that loads, scores or draws: killed, disconnected, told to unload, or its engine killed. */
async function killServer(i: number, moment: number): Promise<Outcome> {
  const file = join(folder, `run-${i}.twinlens.json`);
  const client = await ServerClient.start(configurationOf({ rlhf: model }, DRAWING));
  const name = pick(["load", "highlight", "draw", "draw"] as const);
  const afterMs = name === "draw" ? moment + DRAWN_FOR_MS : moment;
  const toldAt: number[] = [];
  const uri = "file:///killed.txt";
  const work = {
    load: () => client.request(ModelRequest.load, null),
    highlight: () => {
      client.open(uri, readFileSync(text, "utf8"));
      return client.request(DocumentRequest.highlight, wholeOf(uri));
    },
    draw: () => client.request(RunRequest.start, { id: "r", prompt: PROMPT, file }),
  };
  work[name]().catch(() => undefined);
  const kill = Date.now() + afterMs;
  while (Date.now() < kill) {
    await sleep(20);
    const told = client.said.runs.filter(
      ({ message }) => message.type === "samples" && message.samples.length === 1,
    ).length;
    while (toldAt.length < told) toldAt.push(Date.now());
  }
  const tree = [client.pid, ...client.enginePids()];
  const means = pick(["SIGKILL", "disconnect", "unload", "engine"] as const);
  const survives = means === "unload" || means === "engine";
  if (means === "SIGKILL") process.kill(client.pid, "SIGKILL");
  if (means === "disconnect") client.disconnect();
  if (means === "unload") client.request(ModelRequest.unload, null).catch(() => undefined);
  if (means === "engine") for (const id of tree.slice(1)) endProcess(id);
  await sleep(GRACE_MS);
  const left = stillThere(survives ? tree.slice(1) : tree);
  const saved = existsSync(file)
    ? (parseRun(readFileSync(file, "utf8")).rlhf?.samples.length ?? 0)
    : 0;
  const drawn = toldAt.filter((at) => at < kill - GRACE_MS).length;
  if (survives) process.kill(client.pid, "SIGKILL");
  return {
    what: `${name}, server ${means}`,
    afterMs,
    left,
    drawn,
    lost: Math.max(0, drawn - saved),
  };
}

/** A command does not report what it has drawn: samples come many times per second, so its file must not be older than 3 s. */
function savedBy(runs: string, killedAt: number): Pick<Outcome, "drawn" | "lost"> {
  const name = existsSync(runs) && readdirSync(runs).find((file) => file.endsWith(".json"));
  if (!name) return { drawn: 0, lost: 0 };
  const file = join(runs, name);
  const drawn = parseRun(readFileSync(file, "utf8")).rlhf?.samples.length ?? 0;
  return { drawn, lost: statSync(file).mtimeMs < killedAt - GRACE_MS ? 1 : 0 };
}

/** The process and all that it has started, by id. */
function descendants({ pid }: ChildProcess): number[] {
  const all = runningProcesses();
  const tree = [pid!];
  for (const id of tree) {
    tree.push(...all.filter(({ parent }) => parent === id).map((one) => one.id));
  }
  return tree;
}

function stillThere(ids: readonly number[]): number {
  const running = new Set(runningProcesses().map(({ id }) => id));
  return ids.filter((id) => running.has(id)).length;
}

function endProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
