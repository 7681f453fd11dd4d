import { describe, expect, it } from "vitest";
import { COLUMNS } from "../../src/formats/study/rows";
import {
  type Group,
  parseResult,
  ResultFileError,
  type StudyResult,
  serializeResult,
} from "../../src/formats/study/studyResult";
import { type Groups, withDocument } from "../../src/jobs/study/groups";
import { writersOf } from "../../src/jobs/study/samples/writers";
import { inventedProbes } from "../support/inventedProbes";
import { inventedResult } from "../support/studyResult";
import { promptRow } from "../support/studySamples";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const PAIR = {
  name: "P",
  stages: ["base", "rlhf"].map((name) => ({ name, ...withoutAdapter("") })),
};
const SETTINGS = {
  samples: 2,
  tokens: 4,
  topP: { base: 0.7, rlhf: 0.9 },
  sweep: [1],
  match: false,
  chance: true,
  seeds: [2],
  frames: { asked: "Q: {prompt}" },
};

const group = (number: number): Group => ({
  document: `d${number}`,
  documents: 1,
  stages: { base: [number, 1], rlhf: [2 * number, 1] },
  against: { rlhf: [number] },
});

const RESULT: StudyResult = {
  format: "twinlens-study-results",
  version: 1,
  twinlensVersion: "1.2.3",
  study: "mine",
  cells: [
    {
      pair: "P",
      corpus: "News",
      category: "chat",
      standsFor: null,
      measure: "perplexity",
      dependsOn: "0",
      isComplete: true,
      models: [],
      read: {
        documents: 2,
        bytes: 10,
        sha256: "1",
        files: 1,
        isCut: false,
        sources: [],
        skipped: [],
      },
      measured: 2,
      failed: [],
      groupSize: 1,
      columns: { stages: [...COLUMNS.perplexity.stages], against: [] },
      groups: [group(1), { ...group(2), stages: { base: [1 / 3], rlhf: [2] } }],
      texts: [],
      writers: [],
      prompts: [],
      samples: [],
      chance: {},
      probes: null,
      readaptation: null,
      tradeoff: null,
    },
  ],
};

const curve = { mean: [0.25], low: null, high: null };
const whole = { value: 0.25, low: 0.125, high: 0.5 };

const OF_SAMPLES: StudyResult = {
  ...RESULT,
  cells: [
    {
      ...RESULT.cells[0]!,
      measure: "samples",
      columns: { stages: [], against: [] },
      groups: [],
      writers: writersOf(PAIR, SETTINGS, 1),
      prompts: [{ text: "How?", kind: "generic", run: "0-0001.twinlens.json" }],
      samples: [
        promptRow("base, p 0.7", 0, {
          diversity: [0.5, 0.75, null, null],
          overlap: [0.25, 1],
          entropyBits: [null, 1.5],
          anchors: [{ text: "a\n", share: 0.5, middle: null, bits: { base: 2.5, rlhf: null } }],
          isScored: false,
        }),
      ],
      chance: {
        "base, p 0.7": {
          kind: "prompts",
          draws: 20,
          seed: 1,
          overlap: { ...curve, all: whole },
          alignedShare: { ...curve, all: whole },
        },
      },
    },
  ],
};

describe("a study's results", () => {
  it("have one group of documents a line, and numbers to ten digits", () => {
    const lines = serializeResult(RESULT).split("\n");
    expect(lines).toContain(
      '        {"document":"d2","documents":1,"stages":{"base":[0.3333333333],"rlhf":[2]},"against":{"rlhf":[2]}}',
    );
  });

  it("are read again as they were written, whatever the order of their keys", () => {
    const text = serializeResult(RESULT);
    expect(serializeResult(parseResult(text))).toBe(text);
    const { cells, ...head } = RESULT;
    const turned = cells.map((cell) => Object.fromEntries(Object.entries(cell).reverse()));
    expect(serializeResult({ cells: turned, ...head } as StudyResult)).toBe(text);
  });

  it("keep the rounds of the trade-off in motion, each a line", () => {
    const rounds = inventedResult(2).cells.filter(({ measure }) => measure === "tradeoff");
    const result = { ...RESULT, cells: rounds };
    const text = serializeResult(result);
    expect(serializeResult(parseResult(text))).toBe(text);
    expect(text.split("\n").filter((line) => /^ {10}\{"round":\d,/u.test(line))).toHaveLength(8);
    expect(parseResult(text).cells[0]!.tradeoff!.rounds[3]!.own).toHaveLength(2);
    const { tradeoff } = rounds[0]!;
    const [first, ...others] = tradeoff!.rounds;
    for (const damaged of [others, [{ ...first!, losses: [[1]] }], [{ ...first!, round: 5 }]]) {
      const cells = [{ ...rounds[0]!, tradeoff: { ...tradeoff!, rounds: damaged } }];
      const edited = serializeResult({ ...RESULT, cells });
      expect(() => parseResult(edited)).toThrow(ResultFileError);
    }
  });

  it("keep what was found in samples, a prompt of a writer a line", () => {
    const text = serializeResult(OF_SAMPLES);
    const [cell] = parseResult(text).cells;
    expect(cell).toEqual(OF_SAMPLES.cells[0]);
    expect(serializeResult(parseResult(text))).toBe(text);
    const line = text.split("\n").find((one) => one.includes('"diversity"'));
    expect(parseResult(text.replace(line!, "")).cells[0]!.samples).toEqual([]);
  });

  it("have nothing of samples and probes where they were written before there were any", () => {
    const { cells, ...head } = RESULT;
    const fields = ["writers", "prompts", "samples", "chance", "probes"];
    const old = cells.map((cell) =>
      Object.fromEntries(Object.entries(cell).filter(([name]) => !fields.includes(name))),
    );
    expect(parseResult(JSON.stringify({ ...head, cells: old }))).toEqual(RESULT);
  });

  it("keep what probes found, a row a line", () => {
    const { probes } = inventedProbes({
      ...{ unit: "prompt", units: 2, stages: ["base", "rlhf"], isWhole: true },
    });
    const [of] = OF_SAMPLES.cells;
    const cell = { ...of!, measure: "probes" as const, samples: [], chance: {}, probes };
    const text = serializeResult({ ...RESULT, cells: [cell] });
    expect(parseResult(text).cells[0]).toEqual(cell);
    expect(serializeResult(parseResult(text))).toBe(text);
    const lines = text.split("\n");
    const starting = (start: string) => lines.filter((line) => line.trim().startsWith(start));
    expect(starting('{"writer":"base","reader":"base","method":')).toHaveLength(
      probes.rows.filter(({ writer, reader }) => writer === "base" && reader === "base").length,
    );
    expect(starting('{"stage":"rlhf","ahead":')).toHaveLength(30);
    const [row] = probes.rows;
    const wrong = { ...probes, rows: [{ ...row, method: "guess" }] };
    expect(() =>
      parseResult(JSON.stringify({ ...RESULT, cells: [{ ...cell, probes: wrong }] })),
    ).toThrow("These results are damaged");
  });

  it("are damaged where a share is none, or a row is of no unit", () => {
    const [cell] = OF_SAMPLES.cells;
    for (const wrong of [{ diversity: [1.5] }, { unit: "letters" }, { prompt: -1 }]) {
      const samples = [{ ...cell!.samples[0]!, ...wrong }];
      const text = JSON.stringify({ ...OF_SAMPLES, cells: [{ ...cell, samples }] });
      expect(() => parseResult(text)).toThrow("These results are damaged");
    }
  });

  it.each([
    ["no JSON", "{", "no results"],
    ["another file", '{"format":"twinlens-run","version":1}', "no results"],
    ["a newer file", '{"format":"twinlens-study-results","version":9}', "newer Twinlens"],
    ["damaged", '{"format":"twinlens-study-results","version":1}', "damaged"],
  ])("are refused where they are %s", (_, text, why) => {
    expect(() => parseResult(text)).toThrow(ResultFileError);
    expect(() => parseResult(text)).toThrow(why);
  });
});

describe("numbers of many documents", () => {
  const all = (count: number, most: number) => {
    let groups: Groups = { groupSize: 1, groups: [] };
    for (let i = 1; i <= count; i++) groups = withDocument(groups, group(i), most);
    return groups;
  };

  it("are kept one by one while there is room", () => {
    expect(all(4, 4)).toMatchObject({ groupSize: 1, groups: { length: 4 } });
  });

  it("share groups of neighbours beyond that, and lose nothing", () => {
    const { groupSize, groups } = all(21, 4);
    expect(groupSize).toBe(8);
    expect(groups.map(({ document, documents }) => [document, documents])).toEqual([
      ["d1", 8],
      ["d9", 8],
      ["d17", 5],
    ]);
    const sum = (stage: string) => groups.reduce((total, one) => total + one.stages[stage]![0]!, 0);
    expect([sum("base"), sum("rlhf")]).toEqual([231, 462]);
  });
});
