import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseStudy, StudyFileError } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { ResultCell, StudyResult } from "../../src/formats/study/studyResult";
import { epochSteps } from "../../src/jobs/adaptation/trainingSteps";
import { planPair } from "../../src/jobs/study/planStudy";
import { dividePrompts, promptsOfRound } from "../../src/jobs/study/tradeoff/dividePrompts";
import { questionAbout } from "../../src/jobs/study/tradeoff/judge";
import { preferred } from "../../src/jobs/study/tradeoff/prefer";
import { RoundJournal } from "../../src/jobs/study/tradeoff/roundJournal";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import { folderWith } from "../support/folders";

const pair = {
  name: "P",
  stages: ["base", "rlhf"].map((name) => ({ name, ...withoutAdapter(`/${name}.gguf`) })),
};
const FILE = {
  version: 1,
  measures: ["tradeoff"],
  corpora: [{ name: "News", paths: "news.txt" }],
  passages: [{ name: "Words", paths: "words.txt" }],
  prompts: [{ name: "Vicuna", path: "vicuna.jsonl" }],
};
const studyOf = (more: object = {}) =>
  resolveStudy(
    parseStudy(JSON.stringify({ ...FILE, ...more })),
    "s",
    pair,
    (path) => `/at/${path}`,
  );

function faultOf(more: object): string {
  try {
    studyOf(more);
  } catch (error) {
    if (error instanceof StudyFileError) return error.message;
  }
  return "";
}

describe("what a study says of the trade-off", () => {
  it("is filled in, and what is held out are its corpora, not its passages", () => {
    const { tradeoff, corpora, prompts } = studyOf();
    expect(tradeoff).toMatchObject({ scorer: "rlhf", judge: null, rounds: 8, bestOf: 8 });
    expect(corpora.map(({ name, isHeldOut }) => [name, isHeldOut])).toEqual([
      ["News", true],
      ["Words", false],
    ]);
    expect(prompts).toMatchObject([{ measures: ["tradeoff"], prompts: null }]);
    const both = studyOf({ measures: ["samples", "tradeoff"] });
    expect(both.prompts).toMatchObject([{ measures: ["samples", "tradeoff"], prompts: 10 }]);
    const other = studyOf({ measures: ["perplexity"] });
    expect(other.corpora.every(({ isHeldOut }) => !isHeldOut)).toBe(true);
    expect(studyOf({ measures: undefined }).measures).not.toContain("tradeoff");
  });

  it("names a judge by a path and a question, of the scorer judge alone", () => {
    const judge = { model: "j.gguf", question: "{reply}?" };
    const asked = studyOf({ tradeoff: { scorer: "judge", judge } });
    expect(asked.tradeoff.judge).toEqual({ ...judge, model: "/at/j.gguf" });
    const unsaid = studyOf({ tradeoff: { scorer: "judge", judge: { model: "j" } } });
    expect(unsaid.tradeoff.judge?.question).toMatch(/\{prompt\}[^]*\{reply\}/u);
    expect(studyOf({ tradeoff: { scorer: "length", judge } }).tradeoff.judge).toBeNull();
  });

  it.each([
    [{ tradeoff: { scorer: "judge" } }, /the scorer judge needs a model/u],
    [{ tradeoff: { judge: { model: "j", question: "Good?" } } }, /with \{reply\} in it/u],
    [{ tradeoff: { rounds: 0 } }, /tradeoff\.rounds: a whole number from 1 to 1,000/u],
    [{ tradeoff: { scorer: "luck" } }, /tradeoff\.scorer/u],
    [{ prompts: [] }, /tradeoff needs prompts/u],
    [{ corpora: [] }, /tradeoff needs corpora/u],
  ])("is refused where it says %j", (more, message) => {
    expect(faultOf(more)).toMatch(message);
  });
});

describe("prompts", () => {
  const numbered = (texts: readonly string[]) => texts.map((text, number) => ({ number, text }));

  it("are measured or trained on, never both, and duplicates are one prompt", () => {
    const texts = fc.array(fc.constantFrom("a", "A ", " b", "B", "c\n c", "C C", "d", "e"));
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), fc.nat(), (all, wanted, seed) => {
        const forms = (numbers: readonly number[]) =>
          numbers.map((number) => all[number]!.toLowerCase().replace(/\s+/gu, " ").trim());
        const different = new Set(forms([...all.keys()]));
        fc.pre(different.size >= 2);
        const { train, measured } = dividePrompts(numbered(all), wanted, seed);
        expect(new Set(forms([...train, ...measured]))).toEqual(different);
        expect(train.length + measured.length).toBe(different.size);
        expect(measured.length).toBe(Math.min(wanted, Math.floor(different.size / 2)));
      }),
    );
  });

  it("are too few where all are the same", () => {
    expect(() => dividePrompts(numbered(["a", "A"]), 1, 1)).toThrow(/there is one that can be/u);
    expect(() => dividePrompts([], 1, 1, "prompt 1: It is long.")).toThrow(
      /there are none .* Of the others, prompt 1: It is long\./u,
    );
  });

  it("take turns", () => {
    expect([1, 2, 3].map((round) => promptsOfRound([5, 3, 8], round, 2))).toEqual([
      [5, 3],
      [8, 5],
      [3, 8],
    ]);
    expect(promptsOfRound([5, 3, 8], 7, 64)).toHaveLength(3);
  });
});

describe("what is preferred", () => {
  const drafts = [[1], [], [2, 3], [4]].map((ids) => ({ ids }));

  it("is the first of the highest score, and never empty or without a score", () => {
    expect(preferred(drafts, [1, 9, 2, 2])).toBe(2);
    expect(preferred(drafts, [-3, 0, null, -3])).toBe(0);
    expect(preferred(drafts, [null, 0, null, null])).toBeNull();
  });

  it("is asked of a judge without taking a prompt's words for places", () => {
    const asked = questionAbout("{prompt} | {reply} | {reply}", "$& {reply}", "{prompt} $1");
    expect(asked).toBe("$& {reply} | {prompt} $1 | {prompt} $1");
  });
});

it("a round's steps see every piece once an epoch, in an order of its own", () => {
  const pieces = Array.from({ length: 7 }, (_, i) => ({
    tokens: Int32Array.of(1, 2, i),
    scoredStart: 2,
  }));
  const request = { epochs: 2, windowsPerStep: 2, length: 4, seed: 1 };
  const orderOf = (first: number) =>
    epochSteps(pieces, { ...request, first }).flatMap((step) =>
      step.flatMap((window) => window.pieces.map(({ tokens }) => tokens[2]!)),
    );
  expect(epochSteps(pieces, { ...request, first: 0 }).map(({ length }) => length)).toEqual([
    2, 2, 2, 2,
  ]);
  const order = orderOf(0);
  expect([...order].sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  expect(orderOf(2)).not.toEqual(order);
});

describe("the plan of a study", () => {
  const read = (sha256: string) => ({
    ...{ documents: 1, bytes: 4, sha256, files: 1, isCut: false, sources: [], skipped: [] },
  });
  const SET = { name: "Vicuna", category: "other", standsFor: null, part: null } as const;
  interface Given {
    readonly more?: object;
    /** Digest of what was read of the corpus; null: it can't be read. */
    readonly news?: string | null;
    readonly known?: ResultCell;
    readonly digest?: string;
  }
  async function planned({
    more = {},
    news = "n",
    known,
    digest = "",
  }: Given): Promise<ResultCell> {
    const study = studyOf(more);
    const [corpus, words] = study.corpora;
    const surveyed = {
      corpora: [
        ...(news === null ? [] : [{ corpus: corpus!, files: [], read: read(news), warnings: [] }]),
        { corpus: words!, files: [], read: read("w"), warnings: [] },
      ],
      prompts: [
        {
          corpus: { ...SET, measures: study.prompts[0]!.measures },
          read: read("p"),
          prompts: [{ text: "How?", kind: null }],
          warnings: [],
        },
      ],
      recorded: [],
    };
    const result = known && ({ cells: [known] } as unknown as StudyResult);
    const planning = {
      ...{ study, known: result ?? null, measures: study.measures },
      digest: ({ path }: { readonly path: string }) => Promise.resolve(`${path}${digest}`),
    };
    const { cells } = await planPair(planning, pair, surveyed);
    expect(cells.map(({ corpus: name, measure }) => [name, measure])).toEqual([
      ["Vicuna", "tradeoff"],
    ]);
    return cells[0]!;
  }
  const ofJudge = (question: string) => ({
    tradeoff: { scorer: "judge", judge: { model: "j", question } },
  });

  it("depends on settings, models, what is held out and who judges, not on how many rounds follow", async () => {
    const dependsOn = async (given: Given) => (await planned(given)).dependsOn;
    const plain = await dependsOn({});
    expect(await dependsOn({ more: { tradeoff: { rounds: 3 } } })).toBe(plain);
    for (const other of [
      { more: { tradeoff: { bestOf: 2 } } },
      { more: { tradeoff: { scorer: "length" } } },
      { more: { seed: 2 } },
      { more: { windows: { window: 64 } } },
      { news: "other" },
      { digest: "other" },
    ]) {
      expect(await dependsOn(other)).not.toBe(plain);
    }
    const judged = await dependsOn({ more: ofJudge("{reply}?") });
    expect(await dependsOn({ more: ofJudge("{reply}!") })).not.toBe(judged);
  });

  it("is complete with the rounds that are asked for, and loses none where a corpus can't be read", async () => {
    const rounds = [0, 1, 2].map((round) => ({ round }));
    const known = {
      ...(await planned({ more: { tradeoff: { rounds: 2 } } })),
      isComplete: true,
      tradeoff: { rounds } as unknown as NonNullable<ResultCell["tradeoff"]>,
    };
    const again = async (given: Given) => {
      const cell = await planned({ ...given, known });
      return [cell.isComplete, cell.tradeoff?.rounds.length];
    };
    expect(await again({ more: { tradeoff: { rounds: 2 } } })).toEqual([true, 3]);
    expect(await again({ more: { tradeoff: { rounds: 5 } } })).toEqual([false, 3]);
    expect(await again({ news: "other" })).toEqual([false, undefined]);
    expect(await again({ news: null })).toEqual([false, 3]);
  });
});

describe("a round's journal", () => {
  const folder = folderWith({});
  afterAll(() => rmSync(dirname(folder), { recursive: true }));
  const file = join(folder, "round.jsonl");
  const numbers = z.array(z.number());
  const unwanted = () => Promise.reject(new Error("It is known."));

  it("knows what was found before an end in the middle of a line, to the last digit", async () => {
    const journal = await RoundJournal.open(file);
    const value = [0.1 + 0.2, 1 / 3];
    await journal.once(["score", "a b"], numbers, () => Promise.resolve(value));
    await journal.once(["score", "a", "b"], numbers, () => Promise.resolve([1]));
    const whole = readFileSync(file, "utf8");
    appendFileSync(file, '["[\\"score\\",3]",[4');
    const again = await RoundJournal.open(file);
    expect(readFileSync(file, "utf8")).toBe(whole);
    expect(await again.once(["score", "a b"], numbers, unwanted)).toEqual(value);
    expect(await again.once(["score", "a", "b"], numbers, unwanted)).toEqual([1]);
    expect(await again.once(["score", 3], numbers, () => Promise.resolve([5]))).toEqual([5]);
  });

  it("finds again what is of another shape", async () => {
    const journal = await RoundJournal.open(file);
    expect(await journal.once(["score", 3], z.string(), () => Promise.resolve("five"))).toBe(
      "five",
    );
    expect((await RoundJournal.open(file)).get(["score", 3], z.string())).toBe("five");
  });
});
