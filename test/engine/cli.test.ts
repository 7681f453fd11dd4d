import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import manifest from "../../package.json";
import { cutSegments } from "../../src/analysis/text/segments";
import { scoreDocumentSchema, type RoleScores } from "../../src/formats/scoreDocument";
import { testModel, testPair } from "../support/models";
import { patience } from "../support/patience";

const CHECKPOINT = resolve("../shared/data/checkpoints/stories260K.gguf");
const STORIES = resolve("../shared/data/prose/fairytaleqa_stories_train.txt.gz");

const folder = mkdtempSync(join(tmpdir(), "twinlens-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A tiny model gains nothing from a second thread. */
const ON_ONE_THREAD = ["--cpu", "--threads", "1"];

/** Runs the built command as a user does. */
function twinlens(args: readonly string[], options: { input?: string; program?: string } = {}) {
  const program = options.program ?? resolve("dist/twinlens.mjs");
  const child = spawn(process.execPath, [program, ...args]);
  child.stdin.end(options.input ?? "");
  const finished = new Promise<Run>((done) => {
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("close", (code) => done({ code, output, errors }));
  });
  return { child, finished };
}

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const TEXT = "The little fox — “où est-il?” — said: 你好 🎀🎀\r\n\tThe king went to the forest.\n";
const pair = testPair({ name: "cli" });

describe("the program", () => {
  it("is started by its name, as npm starts it", () => {
    const started = spawnSync("npx", ["--no-install", "twinlens", "--version"], {
      encoding: "utf8",
    });
    expect(started.stdout.trim()).toBe(manifest.version);
    expect(started.status).toBe(0);
  });
});

describe("twinlens score", () => {
  it("writes one JSON document that keeps to its schema and covers the text", async () => {
    const file = write("fox.txt", TEXT);
    const args = ["score", file, "-", "--base", pair.base, "--rlhf", pair.rlhf, ...ON_ONE_THREAD];
    const run = await twinlens([...args, "--format", "json"], { input: "The end." }).finished;
    expect(run).toMatchObject({ code: 0, errors: "" });
    const document = scoreDocumentSchema.parse(JSON.parse(run.output));
    expect(document.files.map(({ name }) => name)).toEqual([file, "-"]);
    expect(document.models.base?.sha256).not.toBe(document.models.rlhf?.sha256);
    const [fox] = document.files;
    expect(fox?.text).toBe(TEXT);
    for (const scores of [fox?.base, fox?.rlhf]) {
      expect(scores?.scoredTokens).toBe(scores?.tokens);
      expect(sum(scores!.tokenList.bits)).toBeCloseTo(scores!.bits, 6);
      expect(2 ** (scores!.bits / scores!.scoredTokens)).toBeCloseTo(scores!.perplexity!, 3);
      expect(scores!.bits / Buffer.byteLength(TEXT)).toBeCloseTo(scores!.bitsPerByte!, 9);
      expect(scores?.tokenList.top?.[0]).toHaveLength(10);
    }
    expect(fox?.comparison?.sameTokenizer).toBe(true);
    const { base, rlhf } = document.files[1]!;
    expect((rlhf!.perplexity! / base!.perplexity! - 1) * 100).toBeCloseTo(
      document.files[1]!.comparison!.increasePercent!,
      6,
    );
  });

  it("compares segments where the tokenizers differ", async () => {
    const spm = testModel({ name: "cli-spm", vocabulary: { kind: "spm", addBos: true } });
    const args = ["score", "-", "--base", pair.base, "--rlhf", spm, ...ON_ONE_THREAD];
    const run = await twinlens([...args, "--format", "json"], { input: TEXT }).finished;
    const [file] = scoreDocumentSchema.parse(JSON.parse(run.output)).files;
    expect(file?.comparison).toMatchObject({ sameTokenizer: false, increaseOf: "bitsPerByte" });
    const segments = cutSegments(columns(file!.base!), columns(file!.rlhf!));
    // Every character is scored by both, so no bit is lost; the mean difference follows from the totals.
    const difference = (file!.rlhf!.bits - file!.base!.bits) / segments.count;
    expect(file?.comparison?.paired?.value).toBeCloseTo(difference, 9);
    expect(segments.endExclusive.at(-1)).toBe(TEXT.length);
  });

  it("gives the same numbers in a table, as text and as CSV", async () => {
    const args = ["score", "-", "--base", pair.base, ...ON_ONE_THREAD];
    const formats = ["table", "text", "csv", "text --view baseRank"];
    const runs = formats.map(
      (format) => twinlens([...args, "--format", ...format.split(" ")], { input: TEXT }).finished,
    );
    const [table, text, csv, ranked] = await Promise.all(runs);
    expect([table, text, csv, ranked].map((run) => run?.code)).toEqual([0, 0, 0, 0]);
    const rows = csv!.output.split("\r\n").filter((line) => line.startsWith("-,"));
    const numbers = rows.map((row) =>
      /,([\d.]+),(\d+),[\d.]+,\d+,[^,]+,[^,]+,[0-9a-f]{64},/.exec(row),
    );
    const bits = numbers.map((found) => Number(found?.[1]));
    const perplexity = 2 ** (sum(bits) / bits.length);
    const shown = /base +([\d,.]+) ±/.exec(table!.output)?.[1]?.replaceAll(",", "");
    expect(Number(shown)).toBeCloseTo(perplexity, 1);
    expect(text!.output).toContain("│ The little fox — “où est-il?”");
    expect(text!.output).not.toContain("\u001b");
    const ranks = numbers.map((found) => Number(found?.[2]));
    const worst = [...ranked!.output.matchAll(/^ *([\d,]+) │/gm)].map(([, rank]) =>
      Number(rank!.replaceAll(",", "")),
    );
    expect(Math.max(...worst)).toBe(Math.max(...ranks));
  });

  it("goes on after a text it can't score, and says which", async () => {
    const file = write("short.txt", "Too short.");
    const missing = join(folder, "missing.txt");
    const long = write("long.txt", "The fox went to the forest. ".repeat(300));
    const args = ["score", file, missing, long, "--base", pair.base, ...ON_ONE_THREAD];
    const run = await twinlens([...args, "--compatible", "--window", "64"]).finished;
    expect(run.code).toBe(1);
    expect(run.errors).toMatch(/missing\.txt: ENOENT/);
    expect(run.errors).toMatch(/short\.txt: .*at least 128 tokens/);
    expect(run.output).toMatch(/long\.txt +base/);
  });

  it("scores binary rubbish and an empty text", async () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) >> 3);
    const files = [write("rubbish.bin", bytes), write("empty.txt", "")];
    const run = await twinlens(["score", ...files, "--base", pair.base, ...ON_ONE_THREAD]).finished;
    expect(run.code).toBe(0);
    expect(run.errors).toMatch(
      /^twinlens: \S+rubbish\.bin is hardly UTF-8: line 1 has NUL characters/,
    );
    expect(run.output).toMatch(/empty\.txt +base +– ± – +0\.0 +– +– +0 of 0/);
  });

  it("names what is wrong with a model", async () => {
    const model = write("text.gguf", "This is no model.");
    const run = await twinlens(["score", "-", "--rlhf", model], { input: TEXT }).finished;
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors).toMatch(/^twinlens: .*GGUF/);
  });

  it("tells wrong usage from failure", async () => {
    const [unknown, help] = await Promise.all([
      twinlens(["score", "-", "--formt", "json"]).finished,
      twinlens(["score", "--help"]).finished,
    ]);
    expect(unknown.code).toBe(2);
    expect(unknown.errors).toMatch(/--formt/);
    expect(help).toMatchObject({ code: 0, errors: "" });
    expect(help.output).toContain("Exit codes");
  });

  it("ends when interrupted, and leaves no engine behind", async () => {
    const file = write("endless.txt", "The fox went to the forest. ".repeat(100_000));
    const { child, finished } = twinlens(["score", file, "--base", pair.base, ...ON_ONE_THREAD]);
    const engine = await childOf(child.pid!);
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ code: 130, errors: "twinlens: Interrupted.\n" });
    await expect.poll(() => isAlive(engine), { timeout: patience(10_000) }).toBe(false);
  });
});

describe.skipIf(!existsSync(CHECKPOINT))("a real model", () => {
  const stories = () => {
    const text = gunzipSync(readFileSync(STORIES)).subarray(0, 60_000);
    return write("stories.txt", text);
  };
  const args = ["--base", CHECKPOINT, "--compatible", "--window", "512", "--format", "json"];

  it("has the perplexity that llama.cpp's own program finds", async () => {
    const run = await twinlens(["score", stories(), ...args, "--max-windows", "8"]).finished;
    const [file] = scoreDocumentSchema.parse(JSON.parse(run.output)).files;
    // Its 16.9947 +/- 0.98466 come from a build with AVX2; kernels for other processors move the fifth digit.
    expect(file?.base?.perplexity?.toPrecision(4)).toBe("16.99");
    expect(file?.base?.perplexityError?.toPrecision(3)).toBe("0.985");
    expect(file?.base?.scoredTokens).toBe(8 * 255);
  });

  it.runIf(hasAvx2())(
    "has it to the last digit, window by window, on the same kernels",
    async () => {
      const program = installWith("libggml-cpu-haswell.so");
      // `llama-perplexity -c 512 --chunks 8` of this release prints them as it goes.
      const expected = [
        "18.1340",
        "18.7276",
        "20.9405",
        "18.1560",
        "18.3465",
        "17.8285",
        "16.9399",
        "16.9947",
      ];
      const run = await twinlens(["score", stories(), ...args, "--max-windows", "8"], { program })
        .finished;
      const [file] = scoreDocumentSchema.parse(JSON.parse(run.output)).files;
      const bits = file!.base!.tokenList.bits.filter((value) => value !== null);
      const running = expected.map(
        (_, i) => 2 ** (sum(bits.slice(0, 255 * (i + 1))) / (255 * (i + 1))),
      );
      expect(running.map((perplexity) => perplexity.toFixed(4))).toEqual(expected);
      expect(file?.base?.perplexityError?.toFixed(5)).toBe("0.98466");
    },
  );
});

/** Twinlens installed beside a llama.cpp build that has one processor's kernels only. */
function installWith(kernels: string): string {
  const modules = resolve("node_modules");
  const bins = "@node-llama-cpp/linux-x64/bins";
  const [build] = readdirSync(join(modules, bins));
  const installed = join(folder, "node_modules");
  mkdirSync(join(installed, bins, build!), { recursive: true });
  for (const file of readdirSync(join(modules, bins, build!))) {
    if (file.startsWith("libggml-cpu-") && file !== kernels) continue;
    symlinkSync(join(modules, bins, build!, file), join(installed, bins, build!, file));
  }
  cpSync(join(modules, bins, "../package.json"), join(installed, bins, "../package.json"));
  for (const name of ["koffi", "@koromix", "node-llama-cpp"]) {
    if (existsSync(join(modules, name))) symlinkSync(join(modules, name), join(installed, name));
  }
  cpSync("dist", join(folder, "dist"), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
  return join(folder, "dist/twinlens.mjs");
}

function hasAvx2(): boolean {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  return / avx2 /.test(readFileSync("/proc/cpuinfo", "utf8"));
}

function columns({ tokenList }: RoleScores) {
  const { start, endExclusive, bits } = tokenList;
  const logProbability = bits.map((value) => (value === null ? NaN : -value * Math.LN2));
  return { count: start.length, start, endExclusive, logProbability };
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** The first child process of a process, once there is one. */
async function childOf(pid: number): Promise<number> {
  const children = () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => parentOf(name) === pid);
  await expect.poll(() => children().length, { timeout: patience(20_000) }).toBeGreaterThan(0);
  return Number(children()[0]);
}

function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
