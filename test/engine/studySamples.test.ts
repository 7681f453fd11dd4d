/** Samples of a study, drawn by the embedded pair: held against `twinlens anchors`, and against itself after interruptions. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Engine, SampleRequest } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { Engines } from "../../src/engine/local/engines";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import { parseRun } from "../../src/formats/parseRun";
import type { Run } from "../../src/formats/run";
import type { PromptSamples } from "../../src/formats/study/drawnSamples";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import {
  parseResult,
  type ResultCell,
  serializeResult,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import { MEASURES } from "../../src/formats/study/studySchema";
import type { EngineInUse } from "../../src/jobs/models/heldModels";
import { startAnalyser } from "../../src/jobs/runs/workerClient";
import { runStudy } from "../../src/jobs/study/runStudy";
import type { StudyRequest } from "../../src/jobs/study/studyWork";
import { ROLES } from "../../src/protocol/roles";
import { twinlens } from "../support/commandLine";
import { folderWith } from "../support/folders";
import { enginesOf } from "../support/processes";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const PROMPTS = ["Once upon a time", "Tell me a story about a fox."];
const PAIR = {
  name: "embedded pair",
  stages: ROLES.map((name) => ({ name, ...withoutAdapter(resolve(`models/twin-${name}.gguf`)) })),
};

const folder = folderWith({ "prompts.txt": PROMPTS.join("\n") });
const engines = new Engines({ script: resolve("dist/engine.mjs") });
afterAll(() => {
  engines.dispose();
  rmSync(dirname(folder), { recursive: true, force: true });
});

/** Of what is drawn here: little, so that it takes seconds. */
const FEW = { samples: 4, tokens: 8, sweep: [], match: false };

interface Measuring extends Partial<StudyRequest> {
  readonly samples?: object;
  /** Of the study's file, besides. */
  readonly more?: object;
}

interface Measured {
  readonly result: StudyResult;
  readonly cell: ResultCell;
  readonly failures: readonly string[];
}

/** Measures a study of the two prompts, and keeps its runs in a folder of that name. */
async function measure(name: string, { samples = FEW, more, ...given }: Measuring = {}) {
  const file = { version: 1, prompts: [{ name: "tales", path: "prompts.txt" }], samples, ...more };
  const failures: string[] = [];
  let last: StudyResult | null = null;
  const result = await runStudy({
    study: resolveStudy(parseStudy(JSON.stringify(file)), "s", PAIR, (path) => path),
    folder,
    known: null,
    measures: MEASURES,
    engines,
    startAnalyser: () => startAnalyser(resolve("dist/alignment.mjs")),
    runsFolder: join(folder, name),
    adaptersFolder: null,
    options: { gpu: "off", threads: 1 },
    digest: (model) => modelDigest(modelAt(model)),
    twinlensVersion: "0",
    journal: null,
    signal: new AbortController().signal,
    ...given,
    listener: {
      onResult: (found) => {
        last = found;
        given.listener?.onResult(found);
      },
      onProgress: () => undefined,
      onWarning: (message) => failures.push(message),
      onFailure: (what, error) => failures.push(`${what}: ${error.message}`),
    },
  }).catch((error: unknown) => {
    if (last !== null && error instanceof EngineError && error.code === "Cancelled") return last;
    throw error;
  });
  // As it is read from its file.
  const kept = parseResult(serializeResult(result));
  return { result: kept, cell: kept.cells[0]!, failures } satisfies Measured;
}

/** The engine in use, of which some calls are watched or fail. */
function watched(watch: (engine: Engine) => Partial<Engine>): EngineInUse {
  const known = new Map<Engine, Engine>();
  return {
    current() {
      const engine = engines.current();
      const found = known.get(engine) ?? { ...engine, ...watch(engine) };
      known.set(engine, found);
      return found;
    },
  };
}

/** Remembers what is drawn; `onDraw` may interfere. */
function recording(onDraw: () => void = () => undefined) {
  const drawn: SampleRequest[] = [];
  const inUse = watched((engine) => ({
    sample: (request, ...rest) => {
      drawn.push(request);
      onDraw();
      return engine.sample(request, ...rest);
    },
  }));
  /** `[nucleus, seed, samples]` of each time. */
  const draws = () =>
    drawn.map(({ sampler, seed, samples }) => [sampler.topP, seed, samples.length]);
  return { engines: inUse, drawn, draws };
}

const runIn = (name: string, cell: ResultCell, prompt: number): Run =>
  parseRun(readFileSync(join(folder, name, cell.prompts[prompt]!.run!), "utf8"));
const filesIn = (name: string) =>
  readdirSync(join(folder, name)).map((file) => readFileSync(join(folder, name, file), "utf8"));
const rowOf = ({ samples }: ResultCell, writer: string, prompt: number): PromptSamples =>
  samples.find((row) => row.writer === writer && row.prompt === prompt)!;

const sideSchema = z.object({
  generations: z.number(),
  comparedGenerations: z.number(),
  overlap: z.nullable(z.array(z.number())),
  alignedShare: z.nullable(z.array(z.number())),
  ngrams: z.object({
    unit: z.string(),
    shared: z.array(z.object({ samples: z.number() })),
    tenGrams: z.array(z.number()),
    diversity: z.array(z.nullable(z.number())),
  }),
  anchors: z.array(
    z.object({
      text: z.string(),
      bits: z.object({ base: z.nullable(z.number()), rlhf: z.nullable(z.number()) }),
    }),
  ),
});
const anchorsSchema = z.object({
  prompts: z.array(z.object({ prompt: z.string(), base: sideSchema, rlhf: sideSchema })),
});

/** What `twinlens anchors` says of the same, prompt by prompt. */
async function anchorsOf(...args: string[]) {
  const run = await twinlens(["anchors", ...args, "--no-chance", "--format", "json"]);
  expect(run.code).toBe(0);
  return anchorsSchema.parse(JSON.parse(run.output)).prompts;
}

function expectSame(row: PromptSamples, side: z.infer<typeof sideSchema>): void {
  const { ngrams, anchors } = side;
  expect(row.samples).toBe(side.generations);
  expect(row.compared).toBe(side.comparedGenerations);
  expect(row.unit).toBe(ngrams.unit);
  expect(row.sharing).toEqual(ngrams.shared.map(({ samples }) => samples));
  expect(row.tenGrams).toEqual(ngrams.tenGrams);
  expectClose(row.diversity, ngrams.diversity);
  expectClose(row.overlap!, side.overlap!);
  expectClose(row.alignedShare!, side.alignedShare!);
  expect(row.anchors.map(({ text }) => text)).toEqual(anchors.map(({ text }) => text));
  row.anchors.forEach(({ bits }, i) =>
    // Those of a study come from scores as runs keep them, to five digits.
    expectClose([bits.base, bits.rlhf], [anchors[i]!.bits.base, anchors[i]!.bits.rlhf], 2),
  );
}

/** Results keep five digits of curves. */
function expectClose(
  values: readonly (number | null)[],
  expected: typeof values,
  decimals = 4,
): void {
  expect(values.map((value) => value === null)).toEqual(expected.map((value) => value === null));
  values.forEach((value, i) => expect(value ?? 0).toBeCloseTo(expected[i] ?? 0, decimals));
}

describe("samples that both models draw", () => {
  const samples = { ...FEW, samples: 16, tokens: 24 };
  let measured: Measured;
  let expected: z.infer<typeof anchorsSchema>["prompts"];
  beforeAll(async () => {
    measured = await measure("whole", { samples });
    const file = ["--prompts", join(folder, "prompts.txt"), "--runs", join(folder, "commands")];
    const draw = ["--samples-per-prompt", "16", "--max-tokens", "24", "--cpu", "--threads", "1"];
    expected = await anchorsOf(...file, ...draw);
  });

  it("have the numbers of `twinlens anchors`, anchors with their bits included", () => {
    const { cell, failures } = measured;
    expect(failures).toEqual([]);
    expect(cell).toMatchObject({ isComplete: true, measured: 2, corpus: "tales" });
    for (const [i, prompt] of expected.entries()) {
      expect(cell.prompts[i]!.text).toBe(prompt.prompt);
      expectSame(rowOf(cell, "base, p 0.7", i), prompt.base);
      expectSame(rowOf(cell, "rlhf, p 0.9", i), prompt.rlhf);
    }
    const anchors = cell.samples.flatMap((row) => row.anchors);
    expect(anchors.length).toBeGreaterThan(0);
    expect(anchors.every(({ bits }) => bits.base! > 0 && bits.rlhf! > 0)).toBe(true);
  });

  it("are kept as runs, with scores, alignment and anchors, as the command keeps them", () => {
    const others = filesIn("commands").map(parseRun);
    for (const prompt of PROMPTS.keys()) {
      const run = runIn("whole", measured.cell, prompt);
      const other = others.find((one) => one.prompt === run.prompt)!;
      for (const role of ROLES) {
        expect(run[role]!.samples).toEqual(other[role]!.samples);
        expect(run[role]!.alignment).toEqual(other[role]!.alignment);
        expect(run[role]!.ngrams).toEqual(other[role]!.ngrams);
        expect(run[role]!.anchors!.spans.map(({ text }) => text)).toEqual(
          rowOf(measured.cell, role === "base" ? "base, p 0.7" : "rlhf, p 0.9", prompt).anchors.map(
            ({ text }) => text,
          ),
        );
      }
      expect(run.scorers).toEqual(other.scorers);
    }
  });

  it("have a chance level, of each prompt's sentences where there are too few prompts", () => {
    for (const level of Object.values(measured.cell.chance)) {
      expect(level).toMatchObject({ kind: "sentences", draws: 20 });
    }
  });
});

describe("a study that is interrupted", () => {
  const samples = { ...FEW, sweep: [0.5, 1], match: true, frames: { asked: "Q: {prompt}\nA:" } };
  let whole: Measured;
  let draws: readonly unknown[];
  beforeAll(async () => {
    const { engines: inUse, draws: all } = recording();
    whole = await measure("uncut", { samples, engines: inUse });
    draws = all();
  });

  it("searches until the nearest nucleus was tried", () => {
    const { cell } = whole;
    expect(cell.isComplete).toBe(true);
    const purposes = cell.writers.map(({ purpose }) => purpose);
    expect(purposes.slice(0, 6)).toEqual([
      ...["compared", "compared", "sweep", "sweep", "sweep", "sweep"],
    ]);
    expect(purposes[6]).toBe("frame");
    expect(purposes.slice(7).every((purpose) => purpose === "search")).toBe(true);
    expect(cell.samples).toHaveLength(2 * cell.writers.length);
    expect(draws).toHaveLength(cell.samples.length);
  });

  it("goes on where it was cancelled, draws nothing twice, and ends the same", async () => {
    const controller = new AbortController();
    const cut = await measure("cut", {
      samples,
      signal: controller.signal,
      listener: {
        onResult: ({ cells }: StudyResult) => {
          if (cells[0]!.samples.length >= 3) controller.abort();
        },
      } as StudyRequest["listener"],
    });
    expect(cut.cell.isComplete).toBe(false);
    const inRuns = [...PROMPTS.keys()].flatMap((prompt) => {
      const run = runIn("cut", cut.cell, prompt);
      return ROLES.map((role) => run[role]?.samples.length ?? 0);
    });
    const compared = ["base, p 0.7", "rlhf, p 0.9"];
    const others = cut.cell.samples.filter(({ writer }) => !compared.includes(writer));
    const kept = inRuns.reduce((sum, count) => sum + count, 4 * others.length);
    const { engines: inUse, drawn } = recording();
    const { result } = await measure("cut", { samples, engines: inUse, known: cut.result });
    expect(drawn.reduce((sum, one) => sum + one.samples.length, 0)).toBe(4 * draws.length - kept);
    expect(serializeResult(result)).toBe(serializeResult(whole.result));
    expect(filesIn("cut")).toEqual(filesIn("uncut"));
  });

  it.skipIf(process.platform !== "linux")(
    "fails with a message where the engine dies, and is completed by the next run",
    async () => {
      let count = 0;
      const killing = recording(() => {
        if (++count === 3) process.kill(enginesOf(process.pid).at(-1)!, "SIGKILL");
      });
      const dead = await measure("dead", { samples, engines: killing.engines });
      expect(dead.failures).toHaveLength(1);
      expect(dead.failures[0]).toMatch(/^embedded pair, tales: .*engine/iu);
      expect(dead.cell.isComplete).toBe(false);
      expect(dead.cell.samples.length).toBeGreaterThan(0);
      const { result, failures } = await measure("dead", { samples, known: dead.result });
      expect(failures).toEqual([]);
      expect(serializeResult(result)).toBe(serializeResult(whole.result));
      expect(filesIn("dead")).toEqual(filesIn("uncut"));
    },
  );

  it("has the same numbers where memory holds one model at a time", async () => {
    let loaded = 0;
    const small = watched((engine) => ({
      load: async (...of) => {
        if (loaded > 0) throw new EngineError("OutOfMemory", "There is room for one.");
        const model = await engine.load(...of);
        loaded += 1;
        return model;
      },
      unload: async (model) => {
        loaded -= 1;
        await engine.unload(model);
      },
    }));
    const { result, failures } = await measure("turns", { samples, engines: small });
    expect(failures).toEqual([]);
    expect(serializeResult(result)).toBe(serializeResult(whole.result));
  });

  it("needs no folder for runs: then anchors have no bits, and there is no chance level", async () => {
    const { cell } = await measure("none", { samples, runsFolder: null });
    expect(cell).toMatchObject({ isComplete: true, chance: {} });
    expect(cell.prompts.map(({ run }) => run)).toEqual([null, null]);
    const bare = (row: PromptSamples) => ({
      ...row,
      anchors: row.anchors.map((anchor) => ({ ...anchor, bits: { base: null, rlhf: null } })),
    });
    expect(cell.samples).toEqual(whole.cell.samples.map(bare));
  });
});

describe("a study that is changed", () => {
  let known: StudyResult;
  const drawsFor = async (samples: object) => {
    const { engines: inUse, draws, drawn } = recording();
    const { result, cell } = await measure("changed", { samples, engines: inUse, known });
    expect(cell.isComplete).toBe(true);
    known = result;
    return { draws: draws(), drawn, cell };
  };
  beforeAll(async () => {
    known = (await measure("changed")).result;
  });

  it("draws only what is added, and a frame anew whose text has changed", async () => {
    expect((await drawsFor(FEW)).draws).toEqual([]);
    const swept = { ...FEW, sweep: [0.8] };
    // Two prompts under each model.
    expect((await drawsFor(swept)).draws).toEqual(Array(4).fill([0.8, 1, 4]));
    const seeded = { ...swept, seeds: [2] };
    expect((await drawsFor(seeded)).draws).toEqual([0.7, 0.7, 0.9, 0.9].map((p) => [p, 2, 4]));
    const asked = { ...seeded, frames: { asked: "Q: {prompt}\nA:" } };
    const first = await drawsFor(asked);
    expect(first.draws).toEqual(Array(2).fill([0.7, 1, 4]));
    const again = await drawsFor({ ...asked, frames: { asked: "Answer this: {prompt}\n" } });
    expect(again.draws).toEqual(Array(2).fill([0.7, 1, 4]));
    expect(again.drawn.map(({ prompt }) => prompt)).not.toEqual(
      first.drawn.map(({ prompt }) => prompt),
    );
    expect(rowOf(again.cell, "base, p 0.7, in asked", 0)).not.toEqual(
      rowOf(first.cell, "base, p 0.7, in asked", 0),
    );
    const { cell, draws } = await drawsFor(FEW);
    expect(draws).toEqual([]);
    expect(rowOf(cell, "base, p 0.7", 0)).toEqual(rowOf(first.cell, "base, p 0.7", 0));
  });

  it("compares at another nucleus what is drawn there, in its runs as well", async () => {
    await drawsFor({ ...FEW, sweep: [0.8] });
    const before = known.cells[0]!;
    const { cell, draws } = await drawsFor({ ...FEW, topP: { base: 0.8 } });
    expect(draws).toEqual(Array(2).fill([0.8, 1, 4]));
    const { base } = runIn("changed", cell, 0);
    expect(base!.source).toMatchObject({ sampler: { topP: 0.8 } });
    const row = rowOf(cell, "base, p 0.8", 0);
    expect(row.diversity).toEqual(rowOf(before, "base, p 0.8", 0).diversity);
    const other = await drawsFor({ ...FEW, topP: { base: 0.6 } });
    expect(other.draws).toEqual(Array(2).fill([0.6, 1, 4]));
    expect(runIn("changed", other.cell, 1).base!.source).toMatchObject({ sampler: { topP: 0.6 } });
  });

  it("draws again what is compared where its runs are gone", async () => {
    await drawsFor(FEW);
    const before = known.cells[0]!;
    rmSync(join(folder, "changed"), { recursive: true });
    const { cell, draws } = await drawsFor({ ...FEW, seeds: [5] });
    expect(draws.filter(([, seed]) => seed === 1)).toHaveLength(4);
    expect(rowOf(cell, "rlhf, p 0.9", 1)).toEqual(rowOf(before, "rlhf, p 0.9", 1));
    expect(runIn("changed", cell, 1).rlhf!.samples).toHaveLength(4);
  });
});

describe("samples from elsewhere", () => {
  const START = { base: "It was", sft: "There was", rlhf: "Once upon a time there was" } as const;
  const COUNTS = { base: 7, sft: 3, rlhf: 5 } as const;
  const record = (prompt: string, stage: keyof typeof START) => ({
    prompt,
    stage,
    n: COUNTS[stage],
    samples: Array.from({ length: COUNTS[stage] }, (_, k) => ({
      model: `${stage}-7b`,
      config: "nucleus9",
      k,
      text: `${START[stage]} a fox, who had ${k} cubs in the forest by the river. ${prompt} Number ${k * k}.`,
    })),
  });
  const file = join(folder, "theirs.jsonl");
  const stages = ["base", "sft", "rlhf"] as const;
  writeFileSync(
    file,
    PROMPTS.flatMap((prompt) => stages.map((stage) => JSON.stringify(record(prompt, stage)))).join(
      "\n",
    ),
  );
  const noModels = {
    engines: {
      current: () => {
        throw new Error("No model is needed.");
      },
    },
    digest: () => Promise.reject(new Error("No model is needed.")),
  };
  const measureTheirs = (name: string, recorded: object = {}) => {
    const sets = [{ name: "theirs", path: "theirs.jsonl", ...recorded }];
    return measure(name, { ...noModels, more: { prompts: [], recorded: sets } });
  };

  it("are measured without a model, at equal numbers, as `twinlens anchors` does", async () => {
    const { cell, failures } = await measureTheirs("theirs");
    expect(failures).toEqual([]);
    expect(cell).toMatchObject({ pair: "theirs", corpus: "theirs", isComplete: true, measured: 2 });
    const expected = await anchorsOf("--samples", file);
    for (const [i, prompt] of expected.entries()) {
      for (const role of ROLES) expectSame(rowOf(cell, role, i), prompt[role]);
      expect(rowOf(cell, "base", i)).toMatchObject({ samples: 7, compared: 5, unit: "words" });
      expect(rowOf(cell, "rlhf", i)).toMatchObject({ samples: 5, compared: 5, unit: "words" });
    }
    const run = runIn("theirs", cell, 1);
    expect(run.prompt).toBe(PROMPTS[1]);
    expect(run.base!.source).toEqual({ kind: "file", name: "theirs.jsonl", of: "base" });
    expect(run.rlhf!.alignment).not.toBeNull();
    expect(run.rlhf!.anchors!.spans.length).toBeGreaterThan(0);
  });

  it("are those of the stage that is named, and a name that is none says which there are", async () => {
    const { cell } = await measureTheirs("sft", { base: "sft", rlhf: "rlhf-7b", prompts: 1 });
    expect(cell.samples.map((row) => [row.writer, row.samples, row.compared])).toEqual([
      ["base", 3, 3],
      ["rlhf", 5, 3],
    ]);
    const { result, failures } = await measureTheirs("none", { base: "dpo" });
    expect(result.cells).toEqual([]);
    expect(failures.join()).toMatch(/^theirs: .*no samples of "dpo"; it names "base", "sft"/u);
  });
});
