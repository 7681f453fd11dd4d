import { describe, expect, it } from "vitest";
import type { PromptSamples } from "../../src/formats/study/drawnSamples";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { Pair, Study } from "../../src/formats/study/study";
import type { ResultCell } from "../../src/formats/study/studyResult";
import { emptyCell } from "../../src/jobs/study/cells";
import { lacksNothing, roleOf, writersOf } from "../../src/jobs/study/samples/writers";
import { matchedWriter, nucleiOf } from "../../src/report/study/samples/sampleRows";
import { promptRow } from "../support/studySamples";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const pair: Pair = {
  name: "P",
  stages: ["base", "rlhf", "sft"].map((name) => ({ name, ...withoutAdapter(`/${name}.gguf`) })),
};

function studyOf(samples: object, seed = 1): Study {
  const file = { version: 1, prompts: [{ name: "a", path: "a" }], samples, seed };
  return resolveStudy(parseStudy(JSON.stringify(file)), "s", pair, (path) => path);
}
const PLAIN = { sweep: [], match: false };
const keysOf = (samples: object, of = pair) => {
  const study = studyOf(samples);
  return writersOf(of, study.samples, study.seed).map(({ key }) => key);
};

describe("who draws", () => {
  it("is both models where the study compares them, and its other stages as RLHF draws", () => {
    const study = studyOf({ ...PLAIN, topP: { base: 0.8 } }, 5);
    const writers = writersOf(pair, study.samples, study.seed);
    expect(
      writers.map(({ key, stage, purpose, topP, seed }) => [key, stage, purpose, topP, seed]),
    ).toEqual([
      ["base, p 0.8", "base", "compared", 0.8, 5],
      ["rlhf, p 0.9", "rlhf", "compared", 0.9, 5],
      ["sft, p 0.9", "sft", "stage", 0.9, 5],
    ]);
    expect(writers.map(roleOf)).toEqual(["base", "rlhf", "rlhf"]);
  });

  it("is both models at every nucleus of the sweep, those that are compared once", () => {
    const two = { ...pair, stages: pair.stages.slice(0, 2) };
    expect(keysOf({ sweep: [0.7, 0.9, 0.9] }, two)).toEqual([
      "base, p 0.7",
      "rlhf, p 0.9",
      "rlhf, p 0.7",
      "base, p 0.9",
    ]);
  });

  it("is the base model in every frame, and both with every further seed", () => {
    const frames = { asked: "Q: {prompt}\nA:", "in a chat": "{prompt}" };
    expect(keysOf({ ...PLAIN, frames, seeds: [1, 2] })).toEqual([
      "base, p 0.7",
      "rlhf, p 0.9",
      "base, p 0.7, in asked",
      "base, p 0.7, in in a chat",
      "sft, p 0.9",
      "base, p 0.7, seed 2",
      "rlhf, p 0.9, seed 2",
    ]);
  });
});

/** A complete cell of two prompts, with what each writer's samples share. */
function cellOf(study: Study, diversity: (key: string) => number = () => 0.5): ResultCell {
  const corpus = {
    name: "a",
    category: "other",
    standsFor: null,
    part: null,
    measures: ["samples"],
  } as const;
  const read = {
    documents: 2,
    bytes: 2,
    sha256: "",
    files: 1,
    isCut: false,
    sources: [],
    skipped: [],
  };
  const writers = writersOf(pair, study.samples, study.seed);
  const samples = writers.flatMap(({ key }) =>
    [0, 1].map((prompt) =>
      promptRow(key, prompt, { diversity: Array.from({ length: 4 }, () => diversity(key)) }),
    ),
  );
  const cell = emptyCell(study, pair, { corpus, read }, "samples", new Map());
  return { ...cell, writers, samples, isComplete: true };
}

describe("a complete cell", () => {
  const before = studyOf({ ...PLAIN, sweep: [0.6], frames: { asked: "Q: {prompt}" }, seeds: [2] });
  const cell = cellOf(before);
  const isEnough = (samples: object) => lacksNothing(cell, pair, studyOf(samples));

  it("lacks nothing for what it was drawn for, and for less", () => {
    expect(lacksNothing(cell, pair, before)).toBe(true);
    expect(isEnough(PLAIN)).toBe(true);
  });

  it.each([
    ["another nucleus", { ...PLAIN, sweep: [0.6, 0.8] }],
    ["another seed", { ...PLAIN, seeds: [2, 3] }],
    ["another frame", { ...PLAIN, frames: { asked: "Q: {prompt}", more: "{prompt}" } }],
    ["a frame's other text", { ...PLAIN, frames: { asked: "A: {prompt}" } }],
    ["samples of the sweep that are compared now", { ...PLAIN, topP: { base: 0.6 } }],
  ])("lacks %s", (_, samples) => {
    expect(isEnough(samples)).toBe(false);
  });

  it("lacks a nucleus of the search until the nearest one was tried", () => {
    const study = studyOf({ sweep: [0.6, 0.8], match: true });
    // RLHF is as diverse as base would be at 0.72: 0.36 + (0.12 / 0.2) · 0.2 = 0.48.
    const shares: Readonly<Record<string, number>> = {
      "base, p 0.6": 0.36,
      "base, p 0.7": 0.46,
      "base, p 0.8": 0.56,
      "rlhf, p 0.9": 0.48,
    };
    const known = cellOf(study, (key) => shares[key] ?? 0.9);
    expect(lacksNothing(known, pair, study)).toBe(false);
    const [base] = known.writers;
    const found = { ...base!, key: "base, p 0.72", purpose: "search", topP: 0.72 } as const;
    const rows = [0, 1].map((prompt) =>
      promptRow(found.key, prompt, { diversity: [0.48, 0.48, 0.48, 0.48] }),
    );
    const searched = {
      ...known,
      writers: [...known.writers, found],
      samples: [...known.samples, ...rows],
    };
    expect(lacksNothing(searched, pair, study)).toBe(true);
    expect(matchedWriter(searched)?.key).toBe("base, p 0.72");
  });
});

describe("what the search knows", () => {
  const study = studyOf({ ...PLAIN, sweep: [0.6], frames: { asked: "{prompt}" }, seeds: [2] });
  const cell = cellOf(study, (key) => (key.startsWith("base, p 0.6") ? 0.25 : 0.5));

  it("is base without frames and with the study's seed, by growing nucleus", () => {
    expect(nucleiOf(cell)).toEqual({
      base: [
        { topP: 0.6, diversity: [0.25, 0.25] },
        { topP: 0.7, diversity: [0.5, 0.5] },
      ],
      wanted: [0.5, 0.5],
    });
  });

  it("is of the prompts that all have, where samples are long enough to tell", () => {
    const short = (row: PromptSamples) =>
      row.writer === "base, p 0.6" && row.prompt === 0
        ? { ...row, diversity: [null, null, null, null] }
        : row;
    const { base, wanted } = nucleiOf({ ...cell, samples: cell.samples.map(short) });
    expect(base.map(({ diversity }) => diversity)).toEqual([[0.25], [0.5]]);
    expect(wanted).toEqual([0.5]);
  });

  it("is nothing where RLHF has drawn nothing", () => {
    const samples = cell.samples.filter(({ writer }) => !writer.startsWith("rlhf"));
    expect(nucleiOf({ ...cell, samples }).wanted).toBeNull();
    expect(matchedWriter({ ...cell, samples })).toBeNull();
  });
});
