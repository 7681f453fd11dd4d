/** Nothing that `--runs DIR` has drawn is lost: however the command ends, beside whom it runs, whatever lies there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFile } from "../../src/cli/runs/keptRuns";
import { drawPrompts } from "../../src/cli/runs/promptRuns";
import { parseSampleArguments } from "../../src/cli/arguments/runArguments";
import { isCancelled } from "../../src/engine/errors";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import { parseRun } from "../../src/formats/parseRun";
import type { Run } from "../../src/formats/run";
import { twinlens } from "../support/commandLine";
import { testPair } from "../support/models";
import { patience } from "../support/patience";
import { waitUntil } from "../support/waitUntil";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const folder = mkdtempSync(join(tmpdir(), "twinlens-kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let next = 0;
const newFolder = () => join(folder, String(next++));

const { base } = testPair({ name: "cli-kept" });
const PROMPT = "The fox";
const MODEL = ["--base", base, "--cpu", "--threads", "1"];
/** Many times as many samples as are drawn together: drawing goes on while a test looks. */
const LONG = ["--samples-per-prompt", "160", "--max-tokens", "60", "--width", "16"];
const SHORT = ["--samples-per-prompt", "8", "--max-tokens", "20", "--width", "4"];

const sampleArgs = (runs: string, size: readonly string[]) => [
  ...["sample", "--prompt", PROMPT, "--runs", runs],
  ...MODEL,
  ...size,
];

/** Where a folder of runs keeps the prompt's. */
async function fileIn(runs: string, size: readonly string[]): Promise<string> {
  const options = parseSampleArguments(sampleArgs(runs, size).slice(1));
  const model = modelAt(withoutAdapter(base));
  const identity = { ...model.identity, sha256: await modelDigest(model) };
  return runFile(options, { base: identity, rlhf: null }, PROMPT)!;
}

const saved = (file: string): Run => parseRun(readFileSync(file, "utf8"));
const samplesIn = (file: string) => (existsSync(file) ? saved(file).base!.samples : []);
const textsOf = (output: string) => (JSON.parse(output) as { samples: string[] }).samples;

/** Starts a long job and waits until some of it is saved. */
async function startDrawing(runs: string) {
  const child = spawn(process.execPath, [resolve("dist/twinlens.mjs"), ...sampleArgs(runs, LONG)]);
  child.stdin.end();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  // Not "exit": what was written may be read after it.
  const exited = once(child, "close") as Promise<[number | null, string | null]>;
  const file = await fileIn(runs, LONG);
  await waitUntil("samples are saved", () => Promise.resolve(samplesIn(file).length > 0));
  return { child, exited, file, errors: () => errors };
}

let whole: readonly string[];
beforeAll(async () => {
  const run = await twinlens(sampleArgs(newFolder(), LONG));
  expect(run).toMatchObject({ code: 0, errors: "" });
  whole = textsOf(run.output);
});

// Side by side: each uses one core at most.
describe.concurrent("a job that is ended", () => {
  it.each([
    ["SIGTERM", [143, null], "twinlens: Ended by SIGTERM.\n"],
    ["SIGHUP", [129, null], "twinlens: Ended by SIGHUP.\n"],
    ["SIGKILL", [null, "SIGKILL"], ""],
  ] as const)("by %s keeps its samples, and goes on to the same", async (signal, end, message) => {
    const runs = newFolder();
    const { child, exited, file, errors } = await startDrawing(runs);
    const before = samplesIn(file).length;
    child.kill(signal);
    expect(await exited).toEqual(end);
    expect(errors()).toBe(message);
    const kept = samplesIn(file);
    expect(kept.length).toBeGreaterThanOrEqual(before);
    expect(kept.length).toBeLessThan(160);
    for (const { index, text } of kept) expect(text).toBe(whole[index]);
    if (signal !== "SIGKILL") expect(readdirSync(runs)).toHaveLength(1);

    const resumed = await twinlens(sampleArgs(runs, LONG));
    expect(resumed).toMatchObject({ code: 0, errors: "" });
    expect(textsOf(resumed.output)).toEqual(whole);
    expect(saved(file).settings.resumed).toBe(true);
  });

  it("lacks at no moment what was drawn three seconds before, and nothing at its end", async () => {
    const size = ["--samples-per-prompt", "1000", "--max-tokens", "60", "--width", "16"];
    const runs = newFolder();
    const file = await fileIn(runs, size);
    const drawn: number[] = [];
    const lacking: string[] = [];
    const stopping = new AbortController();
    const watch = setInterval(() => {
      const now = performance.now();
      const due = drawn.filter((at) => at < now - 2000 - patience(1000)).length;
      // One line per sample.
      const text = existsSync(file) ? readFileSync(file, "utf8") : "";
      const has = text.match(/^ +\{"index"/gmu)?.length ?? 0;
      if (has < due) lacking.push(`${has} of ${due}`);
      if (drawn.length > 0 && now - drawn[0]! > 4000 + patience(1000)) stopping.abort();
    }, 100);
    try {
      const drawing = drawPrompts({
        prompts: [PROMPT],
        options: parseSampleArguments(sampleArgs(runs, size).slice(1)),
        models: { base: withoutAdapter(base), rlhf: null },
        engineScript: resolve("dist/engine.mjs"),
        gpuFolder: null,
        analyserScript: resolve("dist/alignment.mjs"),
        progress: { show: () => drawn.push(performance.now()), clear: () => undefined },
        warn: (message) => lacking.push(message),
        signal: stopping.signal,
      });
      await drawing.catch((error: unknown) => {
        if (!isCancelled(error)) throw error;
      });
    } finally {
      clearInterval(watch);
    }
    expect(lacking).toEqual([]);
    expect(drawn.length).toBeGreaterThan(16);
    expect(samplesIn(file)).toHaveLength(drawn.length);
  });
});

describe("two jobs on one folder", () => {
  it("draw the same prompt side by side, and what one leaves the other takes up", async () => {
    const runs = newFolder();
    const first = await startDrawing(runs);
    const second = twinlens(sampleArgs(runs, LONG));
    await waitUntil("more is saved", () => {
      return Promise.resolve(samplesIn(first.file).length > 32);
    });
    first.child.kill("SIGKILL");
    await first.exited;
    const run = await second;
    expect(run).toMatchObject({ code: 0, errors: "" });
    expect(textsOf(run.output)).toEqual(whole);
    expect(saved(first.file).base!.samples.map(({ text }) => text)).toEqual(whole);
  });

  it("both end well, and leave one file per prompt", async () => {
    const runs = newFolder();
    const prompts = join(folder, "prompts.txt");
    writeFileSync(prompts, "Once\nTwice\nOnce\n");
    const args = ["sample", "--prompts", prompts, "--runs", runs, ...MODEL, ...SHORT];
    const [one, other] = await Promise.all([twinlens(args), twinlens(args)]);
    expect(one.code).toBe(0);
    expect(one.errors).toContain("1 of the prompts are listed again, and count once.");
    expect(other).toEqual(one);
    expect(one.output.trimEnd().split("\n")).toHaveLength(2);
    const files = readdirSync(runs);
    expect(files).toHaveLength(2);
    for (const name of files) expect(saved(join(runs, name)).base!.samples).toHaveLength(8);
  });
});

describe("a file in the folder", () => {
  const damages: [string, (text: string) => string, RegExp][] = [
    ["cut off", (text) => text.slice(0, text.length / 2), /This is not a Twinlens run\./],
    [
      "with 20 million samples",
      (text) => text.replace('"samples": 8,', '"samples": 20000000,'),
      /a whole number from 1 to 1,000 is expected\n +→ at settings\.samples/,
    ],
    ["of another prompt", (text) => text.replaceAll(PROMPT, "The dog"), /another prompt's run/],
  ];

  it("that is damaged is named, kept under another name, and its prompt drawn anew", async () => {
    const runs = newFolder();
    const file = await fileIn(runs, SHORT);
    const run = await twinlens(sampleArgs(runs, SHORT));
    const text = readFileSync(file, "utf8");
    const asides: string[] = [];
    for (const [what, damage, message] of damages) {
      const damaged = damage(text);
      expect(damaged, what).not.toBe(text);
      writeFileSync(file, damaged);
      const again = await twinlens(sampleArgs(runs, SHORT));
      expect(again.code, what).toBe(0);
      expect(again.output, what).toBe(run.output);
      expect(again.errors, what).toMatch(message);
      expect(again.errors.startsWith(`twinlens: ${file}: `), what).toBe(true);
      const [, aside] = /It is kept as (\S+), and written anew\.\n$/.exec(again.errors)!;
      expect(readFileSync(join(runs, aside!), "utf8"), what).toBe(damaged);
      asides.push(aside!);
    }
    expect(readdirSync(runs)).toHaveLength(1 + damages.length);
    expect(new Set(asides).size).toBe(damages.length);
  });

  it.each<[string, (file: string) => void, RegExp]>([
    [
      "of a newer Twinlens",
      (file) => writeFileSync(file, '{"format":"twinlens-run","version":99}'),
      /Version 99 of this run needs a newer Twinlens\.$/,
    ],
    ["that is a folder", (file) => mkdirSync(file, { recursive: true }), /EISDIR/],
  ])("%s is named and left alone", async (_, make, message) => {
    const runs = newFolder();
    mkdirSync(runs);
    const file = await fileIn(runs, SHORT);
    make(file);
    const run = await twinlens(sampleArgs(runs, SHORT));
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors.startsWith(`twinlens: ${file}: `)).toBe(true);
    expect(run.errors.trimEnd()).toMatch(message);
    expect(readdirSync(runs)).toHaveLength(1);
  });

  it("that can't be written stops the job before it has drawn much", async () => {
    const runs = newFolder();
    writeFileSync(runs, "");
    const run = await twinlens(sampleArgs(runs, LONG));
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors).toMatch(/^twinlens: (ENOTDIR|EEXIST)[^\n]*\n$/);
  });
});
