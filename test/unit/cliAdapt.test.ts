import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseAdaptArguments } from "../../src/cli/arguments/adaptArguments";
import { ADAPT_HELP } from "../../src/cli/arguments/adaptHelp";
import { adaptFiles } from "../../src/cli/commands/adaptFiles";
import { UsageError } from "../../src/cli/exit";
import { toAdaptJson, toAdaptTable } from "../../src/cli/output/adapt";
import { shellWord } from "../../src/cli/output/shellWord";
import type { LoadedModel } from "../../src/engine/engine";
import type { Adaptation } from "../../src/jobs/adaptation/adapt";

const GIVEN = "--model m.gguf --texts a --out o.gguf";
const parse = (line: string) => parseAdaptArguments(line.split(" ").filter((word) => word !== ""));

describe("parseAdaptArguments", () => {
  it("has a default for everything but model, texts and output", () => {
    expect(parse(GIVEN)).toEqual({
      model: "m.gguf",
      texts: ["a"],
      lines: false,
      column: null,
      encoding: null,
      out: "o.gguf",
      overwrite: false,
      resume: false,
      settings: {
        weights: { rank: 8, alpha: 16 },
        learningRate: 2e-4,
        weightDecay: 0,
        steps: 200,
        windowsPerStep: 4,
        window: null,
        interval: null,
        seed: 1,
      },
      gpu: "auto",
      threads: 0,
      format: "table",
    });
  });

  it("reads every option", () => {
    const line =
      "--model m b --texts a --out o --lines --column text --encoding UTF-16 --overwrite --resume --steps 15 --rank 4 --alpha 2.5 --learning-rate 1E-3 --window 64 --windows-per-step 2 --interval 5 --seed 9 --cpu --threads 2 --format json";
    expect(parse(line)).toMatchObject({
      texts: ["a", "b"],
      lines: true,
      column: "text",
      encoding: "utf-16le",
      overwrite: true,
      resume: true,
      settings: {
        weights: { rank: 4, alpha: 2.5 },
        learningRate: 1e-3,
        steps: 15,
        windowsPerStep: 2,
        window: 64,
        interval: 5,
        seed: 9,
      },
      gpu: "off",
      threads: 2,
      format: "json",
    });
  });

  it("trains all weights slower, and with a decay", () => {
    expect(parse(`${GIVEN} --weights all`).settings).toMatchObject({
      weights: "all",
      learningRate: 5e-5,
      weightDecay: 0.01,
    });
  });

  it.each([
    ["--texts a --out o", /--model/],
    ["--model m --out o", /--texts/],
    ["--model m --texts a", /--out/],
    [`${GIVEN} --steps 0`, /--steps/],
    [`${GIVEN} --window 7`, /--window/],
    [`${GIVEN} --rank 0`, /--rank/],
    [`${GIVEN} --weights some`, /--weights/],
    [`${GIVEN} --weights all --rank 8`, /--rank and --alpha/],
    [`${GIVEN} --weights all --alpha 8`, /--rank and --alpha/],
    [`${GIVEN} --learning-rate 0`, /--learning-rate/],
    [`${GIVEN} --learning-rate 2e4`, /--learning-rate is a number from 1e-9 to 1,/],
    [`${GIVEN} --learning-rate 1e-10`, /--learning-rate/],
    [`${GIVEN} --learning-rate -1`, /--learning-rate/],
    [`${GIVEN} --learning-rate fast`, /--learning-rate/],
    [`${GIVEN} --interval 0`, /--interval/],
    [`${GIVEN} --format csv`, /--format/],
    [`${GIVEN} --unknown`, /unknown/],
  ])("refuses %j with a word about it", (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });

  it("knows every option that its help names, and no other", () => {
    const named = new Set(ADAPT_HELP.match(/--[a-z-]+/g));
    for (const option of named) {
      expect(() => parse(option)).not.toThrow(/Unknown option/);
    }
    expect(() => parse("--colour")).toThrow(/Unknown option/);
  });

  it("has a help of lines that a terminal shows", () => {
    for (const line of ADAPT_HELP.split("\n")) expect(line.length).toBeLessThanOrEqual(126);
  });
});

describe("where an adapter is written", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-adapt-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => {
    const path = join(folder, name);
    writeFileSync(path, "");
    return path;
  };
  const model = file("model.gguf");
  const there = file("there.gguf");
  const begun = join(folder, "begun.gguf");
  const checkpoint = file("begun.gguf.checkpoint");
  mkdirSync(join(folder, "folder.gguf"));
  symlinkSync(model, join(folder, "link.gguf"));
  const files = (out: string, { overwrite = false, resume = false } = {}) =>
    adaptFiles({ out, overwrite, resume }, model);

  it("is told before any work", async () => {
    const fresh = join(folder, "fresh.gguf");
    expect(await files(fresh)).toBe(`${fresh}.checkpoint`);
    expect(await files(there, { overwrite: true })).toBe(`${there}.checkpoint`);
    expect(await files(begun, { resume: true })).toBe(checkpoint);
  });

  it.each([
    ["missing/a.gguf", {}, /no folder .*missing/],
    ["there.gguf/a.gguf", {}, /is no folder/],
    ["folder.gguf", { overwrite: true }, /is no file/],
    ["there.gguf", {}, /--overwrite/],
    ["model.gguf", { overwrite: true }, /model that is adapted/],
    ["link.gguf", { overwrite: true }, /model that is adapted/],
    ["begun.gguf", {}, /--resume, or delete it/],
    ["fresh.gguf", { resume: true }, /leave out --resume/],
  ])("refuses %s %j", async (name, given, message) => {
    await expect(files(join(folder, name), given)).rejects.toThrow(message);
  });
});

describe("what the command writes", () => {
  const model = { facts: { name: "Twin\u001b[31m" } } as LoadedModel;
  const options = parse(GIVEN);
  const loss = (nats: number) => ({ loss: nats, perplexity: Math.exp(nats) });
  const found: Adaptation = {
    window: 256,
    texts: {
      train: { documents: 40, pieces: 80, tokens: 12_345, epochs: 1.5 },
      choose: { documents: 5, pieces: 9, tokens: 1000 },
      report: { documents: 5, pieces: 8, tokens: 900 },
      leftOut: { duplicates: 2, short: 0, faulty: 0 },
    },
    memoryBytes: 2e8,
    trainLoss: [4, 3, 2, 1],
    curve: [
      { step: 0, choose: loss(4), report: loss(4) },
      { step: 2, choose: loss(3), report: loss(3.5) },
      { step: 4, choose: loss(3.2), report: loss(3.4) },
    ],
    chosenStep: 2,
    report: {
      before: loss(4),
      after: loss(3.5),
      change: { value: -0.5, low: -0.7, high: -0.3 },
      documents: 5,
    },
    byDocument: [{ tokens: 900, before: 3600, after: 3150 }],
    tokens: 18_000,
    seconds: 61,
  };

  it("is a learning curve, what was gained, and what to do with it", () => {
    expect(toAdaptTable(model, found, options))
      .toBe(`Twin␛[31m, an adapter of rank 8, alpha 16, adapted in 200 steps
Trained on 12,345 tokens of 40 documents (1.50 epochs), chosen on 1,000 tokens of 5 documents, reported on 900 tokens of 5 documents.
Documents left out: 2 the same as another one.
Training took about 1 min and 200.0 MB.

step  training  choosing  reporting  perplexity
   0         –    4.0000     4.0000        54.6
 * 2    3.5000    3.0000     3.5000        33.1
   4    1.5000    3.2000     3.4000        30.0

Step 2 was best on the texts that choose. On those that report it takes the loss from 4.000 to 3.500 nats per token
(perplexity 54.6 to 33.1): −0.500 (95 %: −0.700 to −0.300, over 5 documents).

o.gguf is written. To score texts with it:
  twinlens score FILE --rlhf m.gguf --rlhf-adapter o.gguf
`);
  });

  it("names a whole model as such, and says where nothing was gained", () => {
    const all = parse(`${GIVEN} --weights all`);
    expect(toAdaptTable(model, found, all)).toContain("twinlens score FILE --rlhf o.gguf\n");
    const none = toAdaptTable(model, { ...found, chosenStep: 0 }, options);
    expect(none).toMatch(/no step was better than none\.\n$/);
    expect(none).not.toContain("is written");
  });

  it("quotes paths that a shell would take apart", () => {
    const out = "my models/it's.gguf";
    expect(toAdaptTable(model, found, { ...options, out })).toContain(shellWord(out));
    expect(shellWord(out, "linux")).toBe("'my models/it'\\''s.gguf'");
    expect(shellWord("C:\\my models\\a.gguf", "win32")).toBe('"C:\\my models\\a.gguf"');
    for (const plain of ["a.gguf", "../modèles/a-1_b.gguf"]) expect(shellWord(plain)).toBe(plain);
    expect(shellWord("a$b", "linux")).toBe("'a$b'");
    expect(shellWord("a\\b", "linux")).toBe("'a\\b'");
    expect(shellWord("C:\\a.gguf", "win32")).toBe("C:\\a.gguf");
  });

  it("is everything, with its units, as JSON", () => {
    const json = JSON.parse(toAdaptJson(model, found, options)) as Record<string, unknown>;
    expect(json).toMatchObject({ ...found, settings: options });
    const named = Object.keys(json.units as object)
      .join()
      .replaceAll(/[.,]/gu, " ")
      .split(" ");
    const numbers = Object.keys(found).filter((key) => !["curve", "report"].includes(key));
    for (const key of [...numbers, ...Object.keys(found.report)]) {
      if (key !== "documents") expect(named).toContain(key);
    }
  });
});
