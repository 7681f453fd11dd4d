/** `twinlens adapt` as a user runs it, on a small model. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { twinlens } from "../support/commandLine";
import { testModel } from "../support/models";
import { enginesOf, isRunning } from "../support/processes";
import { waitUntil } from "../support/waitUntil";

const folder = mkdtempSync(join(tmpdir(), "twinlens-adapt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string) => join(folder, name);

/** Documents that say the same words over and over, each from another one on, and once more or less often. */
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const certain = inFolder("certain.txt");
writeFileSync(
  certain,
  Array.from({ length: 19 }, (_, i) => {
    const words = Array.from({ length: 16 + i }, (__, j) => WORDS[(i + j) % WORDS.length]);
    return `${words.join(" ")}\n`;
  }).join(""),
);

const MODEL = testModel({ name: "learner", likeEnglish: true, logitSpread: 0.6 });
const SIZE = ["--steps", "16", "--interval", "8", "--window", "128", "--windows-per-step", "1"];
const adaptArgs = (out: string, ...options: string[]) => [
  ...["adapt", "--model", MODEL, "--cpu", "--texts", certain, "--lines", "--out", out],
  ...[...SIZE, "--learning-rate", "0.02", ...options],
];
const adapt = (out: string, ...options: string[]) => twinlens(adaptArgs(out, ...options));

const lossSchema = z.object({ loss: z.number(), perplexity: z.number() });
const foundSchema = z.object({
  trainLoss: z.array(z.number()),
  curve: z.array(z.object({ step: z.number(), choose: lossSchema, report: lossSchema })),
  chosenStep: z.number(),
  report: z.object({ before: lossSchema, after: lossSchema, documents: z.number() }),
});
type Found = z.infer<typeof foundSchema>;

async function found(out: string, ...options: string[]): Promise<Found> {
  const { code, output, errors } = await adapt(out, ...options, "--format", "json");
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return foundSchema.parse(JSON.parse(output));
}

const whole = inFolder("whole.gguf");
let wholly: Found;
beforeAll(async () => (wholly = await found(whole)));

describe("twinlens adapt", () => {
  it("takes the loss down, on what is trained on and on what is not", () => {
    const { trainLoss, curve, chosenStep, report } = wholly;
    expect(trainLoss).toHaveLength(16);
    expect(trainLoss.at(-1)).toBeLessThan(trainLoss[0]! - 1);
    expect(curve.map(({ step }) => step)).toEqual([0, 8, 16]);
    const best = curve.toSorted((a, b) => a.choose.loss - b.choose.loss)[0]!;
    expect(chosenStep).toBe(best.step);
    expect(report).toMatchObject({ before: curve[0]!.report, after: best.report, documents: 1 });
    expect(report.after.loss).toBeLessThan(report.before.loss - 1);
  });

  it("leaves an adapter that names its model, and no checkpoint", () => {
    const bytes = readFileSync(whole).toString("latin1");
    expect(bytes.slice(0, 4)).toBe("GGUF");
    expect(bytes).toContain("twinlens.model.sha256");
    expect(existsSync(`${whole}.checkpoint`)).toBe(false);
  });

  it("says in a table how to score with a whole model, which can be", async () => {
    const all = inFolder("all.gguf");
    const { code, output } = await adapt(all, "--weights", "all", "--steps", "4");
    expect(code).toBe(0);
    expect(output).toContain(`twinlens score FILE --rlhf ${all}\n`);
    expect(statSync(all).size).toBeGreaterThan(0.9 * statSync(MODEL).size);
    const scored = await twinlens(["score", certain, "--base", MODEL, "--rlhf", all, "--cpu"]);
    expect(scored).toMatchObject({ code: 0, errors: "" });
  });

  it("writes nothing where no step is better than none", async () => {
    const out = inFolder("worse.gguf");
    const { code, output, errors } = await adapt(out, "--steps", "1", "--learning-rate", "1");
    expect(code).toBe(1);
    expect(output).toContain("no step was better than none");
    expect(errors).toMatch(/worse\.gguf was not written.*--learning-rate/u);
    expect(existsSync(out)).toBe(false);
  });
});

describe("a training that is interrupted", () => {
  /** Starts one, and waits until there is something to go on with. */
  async function interrupted(out: string, signal: NodeJS.Signals) {
    const begun = new Promise<void>((done) => {
      const watcher = watch(folder, (_, name) => {
        if (name !== `${basename(out)}.checkpoint` || !existsSync(`${out}.checkpoint`)) return;
        watcher.close();
        done();
      });
    });
    const child = spawn(process.execPath, [resolve("dist/twinlens.mjs"), ...adaptArgs(out)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const closed = once(child, "close") as Promise<[number | null, string | null]>;
    let engines: number[] = [];
    const areThere = () => Promise.resolve((engines = enginesOf(child.pid!)).length > 0);
    await waitUntil("its engine has started", areThere);
    await begun;
    child.kill(signal);
    const end = await closed;
    const areGone = () => Promise.resolve(!engines.some(isRunning));
    await waitUntil("its engine has ended", areGone);
    return { end, errors };
  }

  /** Sums differ in their last bits, by how many threads make them; steps enlarge that. */
  function expectSame(actual: Found, expected: Found): void {
    const lossesOf = ({ trainLoss, curve }: Found) => [
      ...trainLoss,
      ...curve.flatMap(({ choose, report }) => [choose.loss, report.loss]),
    ];
    const losses = lossesOf(actual);
    expect(losses).toHaveLength(lossesOf(expected).length);
    lossesOf(expected).forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 3));
    expect(actual.curve.map(({ step }) => step)).toEqual(expected.curve.map(({ step }) => step));
    expect(actual.chosenStep).toBe(expected.chosenStep);
  }

  it.each([
    ["SIGINT", [130, null], /kept in .*int\.gguf\.checkpoint.*--resume[^]*Interrupted\./u],
    ["SIGKILL", [null, "SIGKILL"], /^$/u],
  ] as const)("by %s goes on to the same curve", async (signal, end, message) => {
    const out = inFolder(`${signal.slice(3).toLowerCase()}.gguf`);
    const ended = await interrupted(out, signal);
    expect(ended.end).toEqual(end);
    expect(ended.errors).toMatch(message);

    const refused = await adapt(out);
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain("--resume");
    expectSame(await found(out, "--resume"), wholly);
    expect(statSync(out).size).toBe(statSync(whole).size);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });
});

describe("twinlens adapt says what is wrong", () => {
  const short = inFolder("short.txt");
  writeFileSync(short, "One.\nTwo.\n");

  it.each([
    [["--texts", short], /at least 3 documents.* there are 2/u],
    [["--texts", inFolder("missing.txt")], /missing\.txt/u],
    [["--window", "1024"], /context of 512 tokens/u],
  ])("%j", async (options, message) => {
    const out = inFolder("never.gguf");
    const texts = options[0] === "--texts" ? options : [...options, "--texts", certain];
    const model = ["adapt", "--model", MODEL, "--cpu", "--lines", "--out", out];
    const { code, errors } = await twinlens([...model, ...texts]);
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it("before any work, where the adapter can't be written", async () => {
    const { code, errors } = await adapt(inFolder("missing/a.gguf"));
    expect(code).toBe(1);
    expect(errors).toMatch(/no folder .*missing/u);
  });

  it("of an architecture that is not known", async () => {
    const hybrid = testModel({ name: "states-lfm2", architecture: "lfm2" });
    const out = inFolder("never.gguf");
    const { code, errors } = await adapt(out, "--model", hybrid);
    expect(code).toBe(1);
    expect(errors).toMatch(/can't be adapted here.*lfm2/u);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });
});
