/** `twinlens probe` as a user runs it, on the embedded pair. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { probedTextSchema, probeRowSchema } from "../../src/formats/study/probes";
import { type CommandRun, twinlens } from "../support/commandLine";

const folder = mkdtempSync(join(tmpdir(), "twinlens-probe-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const foundSchema = z.object({ text: probedTextSchema, rows: z.array(probeRowSchema) });
type Found = z.infer<typeof foundSchema>;

const MODEL = "models/twin-rlhf.gguf";
/** For its states, which no other program's are among. */
const temporary = mkdtempSync(join(folder, "temporary-"));
const environment = { PATH: process.env.PATH ?? "", HOME: folder, TMPDIR: temporary };
const run = (...options: string[]): Promise<CommandRun> =>
  twinlens(["probe", "--model", MODEL, "--cpu", "--threads", "1", ...options], { environment });

async function found(...options: string[]): Promise<Found> {
  const { code, output, errors } = await run(...options, "--format", "json");
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return foundSchema.parse(JSON.parse(output));
}

/** Documents that say the same words over and over, each from another one on: what comes is certain. */
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const round = (from: number, words: number) =>
  Array.from({ length: words }, (_, i) => WORDS[(from + i) % WORDS.length]).join(" ");
const certain = join(folder, "certain.txt");
writeFileSync(certain, Array.from({ length: 30 }, (_, i) => `${round(i, 60)}\n`).join(""));

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
const accuracy = ({ text, rows }: Found, method: string, ahead: number) => {
  const row = rows.find((each) => each.method === method && each.ahead === ahead)!;
  return total(row.report.text) / total(text.report.positions);
};

describe("twinlens probe of given texts", () => {
  let certainly: Found;
  beforeAll(async () => (certainly = await found("--texts", certain, "--lines")));

  it("divides documents into parts, and counts positions by document", () => {
    const { fit, choose, report } = certainly.text;
    expect([fit.units, choose.units, report.units.length]).toEqual([18, 6, 6]);
    expect(report.positions).toHaveLength(6);
    for (const { method, report: hits } of certainly.rows) {
      expect(hits.text, method).toHaveLength(6);
      hits.text.forEach((count, unit) =>
        expect(count).toBeLessThanOrEqual(report.positions[unit]!),
      );
    }
  });

  it("finds what is certain, and not what is shuffled", () => {
    for (const ahead of [0, 1, 2, 3]) {
      expect(accuracy(certainly, "ridge", ahead)).toBeGreaterThan(0.97);
      expect(accuracy(certainly, "skip-bigram", ahead)).toBeGreaterThan(0.97);
      expect(accuracy(certainly, "unigram", ahead)).toBeLessThan(0.3);
      expect(accuracy(certainly, "shuffled", ahead)).toBeLessThan(0.5);
    }
  });

  it("reads the paper's layer, and the last one's states for Future Lens", () => {
    expect(certainly.text).toMatchObject({ layers: 6, layer: 5, lensFault: null });
    expect(certainly.rows.filter(({ method }) => method === "lens")).toHaveLength(4);
    expect(certainly.rows.some(({ method }) => method === "prior")).toBe(false);
  });

  it("divides the windows of a few documents", async () => {
    const long = join(folder, "long.txt");
    writeFileSync(long, readFileSync("sample/night-ferry.md", "utf8").repeat(4));
    const { text } = await found("--texts", long, "--ahead", "1");
    expect(text.report.units[0]).toMatch(/long\.txt, window \d+$/);
  });
});

describe("twinlens probe of what a model writes", () => {
  const drawing = ["--generated-by", "models/twin-base.gguf", "--beginnings", "12"];
  const little = [...drawing, "--samples", "2", "--max-tokens", "12", "--ahead", "0,2"];
  const tales = join(folder, "tales.txt");
  const story = readFileSync("sample/night-ferry.md", "utf8").replace(/\s+/gu, " ").split(" ");
  writeFileSync(
    tales,
    Array.from({ length: 12 }, (_, i) => `${story.slice(20 * i, 20 * i + 50).join(" ")}\n`).join(
      "",
    ),
  );

  it("is the same each time, by all methods", async () => {
    const once = await found("--texts", tales, "--lines", "--layer", "all", ...little);
    const again = await found("--texts", tales, "--lines", "--layer", "all", ...little);
    expect(again).toEqual(once);
    const methods = new Set(once.rows.map(({ method }) => method));
    expect(methods.size).toBe(7);
    const layers = once.rows.filter(({ method }) => method === "ridge").map(({ layer }) => layer);
    expect(new Set(layers)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(once.text.writer).not.toBe(once.text.reader);
    expect(total(once.text.report.positions)).toBeGreaterThan(20);
  });

  it("says all of it in a table", async () => {
    const { code, output } = await run("--texts", tales, "--lines", ...little);
    expect(code).toBe(0);
    expect(output).toContain("layer 5 of 6");
    expect(output).toMatch(/^ *2 +[\d.]+ % /mu);
  });

  it("leaves no states behind", () => {
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("twinlens probe says what is wrong", () => {
  const short = join(folder, "short.txt");
  writeFileSync(short, "Too short.\n");

  it.each([
    [["--texts", short], 1, /at least 3 windows/],
    [["--texts", short, "--samples", "2"], 2, /--samples goes with --generated-by/],
    [["--texts", short, "--ahead", "99"], 2, /--ahead is a whole number/],
    [["--texts", certain, "--lines", "--layer", "40"], 1, /6 layers/],
    [["--texts", join(folder, "missing.txt")], 1, /missing\.txt/],
    [[], 2, /No --texts/],
  ])("%j", async (options, expected, message) => {
    const { code, errors } = await run(...options);
    expect({ code, errors }).toMatchObject({ code: expected });
    expect(errors).toMatch(message);
  });
});
