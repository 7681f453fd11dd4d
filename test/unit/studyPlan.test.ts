import { describe, expect, it } from "vitest";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { PromptSet, RecordedSet } from "../../src/formats/study/study";
import type { ResultCell, StudyResult } from "../../src/formats/study/studyResult";
import { MEASURES } from "../../src/formats/study/studySchema";
import { inOrder } from "../../src/jobs/study/cells";
import { planPair, planRecorded, type Planning, unplanned } from "../../src/jobs/study/planStudy";
import { writersOf } from "../../src/jobs/study/samples/writers";
import { promptRow } from "../support/studySamples";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const pair = {
  name: "P",
  stages: ["base", "rlhf"].map((name) => ({ name, ...withoutAdapter(`/${name}.gguf`) })),
};
const FILE = {
  version: 1,
  corpora: [{ name: "News", paths: "news.txt" }],
  prompts: [{ name: "Vicuna", path: "vicuna.jsonl", kind: "category" }],
  recorded: [{ name: "Davinci", path: "davinci.jsonl" }],
  samples: { sweep: [], match: false },
};
const studyOf = (more: object = {}) =>
  resolveStudy(
    parseStudy(JSON.stringify({ measures: MEASURES, ...FILE, ...more })),
    "s",
    pair,
    (path) => path,
  );

const read = (sha256: string) => ({
  documents: 1,
  bytes: 4,
  sha256,
  files: 1,
  isCut: false,
  sources: [],
  skipped: [],
});
const placeOf = ({ name, measures }: PromptSet | RecordedSet) =>
  ({ name, category: "other", standsFor: null, part: null, measures }) as const;

function surveyedOf(kind: string | null = null, sha256 = "1", study = studyOf()) {
  const prompts = {
    corpus: placeOf(study.prompts[0]!),
    read: read(sha256),
    prompts: [{ text: "How?", kind }],
    warnings: [],
  };
  const recorded = {
    corpus: placeOf(study.recorded[0]!),
    read: read(sha256),
    file: "davinci.jsonl",
    prompts: [],
    sides: { base: null, rlhf: null },
    warnings: [],
  };
  const [news] = study.corpora;
  const corpora = [{ corpus: news!, files: [], read: read(sha256), warnings: [] }];
  return { corpora, prompts: [prompts], recorded: [recorded] };
}

const planning = (known: StudyResult | null, more: object = {}): Planning => ({
  study: studyOf(more),
  known,
  measures: MEASURES,
  digest: ({ path, adapter }) => Promise.resolve(`${path} ${adapter}`),
});
const resultOf = (cells: ResultCell[]): StudyResult => ({
  format: "twinlens-study-results",
  version: 1,
  twinlensVersion: "",
  study: "s",
  cells,
});
const placesOf = (cells: readonly ResultCell[]) =>
  cells.map(({ pair: name, corpus, measure }) => `${name}, ${corpus}, ${measure}`);

const samplesIn = (cells: readonly ResultCell[]) =>
  cells.find(({ measure }) => measure === "samples")!;

/** The cell of samples as it is when all is drawn. */
async function drawn(): Promise<ResultCell> {
  const { cells } = await planPair(planning(null), pair, surveyedOf("generic"));
  const { samples, seed } = studyOf();
  const writers = writersOf(pair, samples, seed);
  return {
    ...samplesIn(cells),
    writers,
    prompts: [{ text: "How?", kind: "generic", run: null }],
    samples: writers.map(({ key }) => promptRow(key, 0)),
    chance: { "base, p 0.7": null, "rlhf, p 0.9": null },
    measured: 1,
    isComplete: true,
  };
}

describe("the plan of a study", () => {
  it("has texts measured on corpora, samples of prompts, and recorded ones under no model", async () => {
    const work = await planPair(planning(null), pair, surveyedOf());
    expect(placesOf(work.cells)).toEqual([
      ...["perplexity", "concentration", "calibration", "own", "probes", "readaptation"].map(
        (one) => `P, News, ${one}`,
      ),
      "P, Vicuna, samples",
      "P, Vicuna, probes",
      "P, Vicuna, tradeoff",
    ]);
    expect(work.places).toEqual(["News", "Vicuna"]);
    const recorded = planRecorded(planning(null), surveyedOf().recorded[0]!)!;
    expect(placesOf([recorded.cell])).toEqual(["Davinci, Davinci, samples"]);
    const without = planning(null, { measures: ["perplexity"] });
    const surveyed = surveyedOf(null, "1", without.study);
    expect((await planPair(without, pair, surveyed)).cells).toHaveLength(1);
    expect(planRecorded(without, surveyed.recorded[0]!)).toBeNull();
  });

  it("measures a model anew once it has an adapter", async () => {
    const dependences = async (adapter: string | null) => {
      const stages = [pair.stages[0]!, { ...pair.stages[1]!, adapter }];
      const { cells } = await planPair(planning(null), { ...pair, stages }, surveyedOf());
      return cells.map(({ dependsOn }) => dependsOn);
    };
    const [plain, adapted] = [await dependences(null), await dependences("/prose.gguf")];
    adapted.forEach((dependsOn, i) => expect(dependsOn).not.toBe(plain[i]));
  });

  it("takes what is known, and goes on where the study wants more", async () => {
    const known = resultOf([await drawn()]);
    const cellFor = async (more: object) =>
      samplesIn((await planPair(planning(known, more), pair, surveyedOf("generic"))).cells);
    expect(await cellFor({})).toEqual(known.cells[0]);
    const more = await cellFor({ samples: { sweep: [0.8], match: false } });
    expect(more).toEqual({ ...known.cells[0]!, isComplete: false });
    const unheld = { ...known.cells[0]!, chance: {} };
    const again = await planPair(planning(resultOf([unheld])), pair, surveyedOf("generic"));
    expect(samplesIn(again.cells)).toEqual({ ...unheld, isComplete: false });
    const other = await cellFor({ samples: { sweep: [], match: false, tokens: 9 } });
    expect(other.samples).toEqual([]);
  });

  it("probes again what a study's settings change, of corpora and of prompts", async () => {
    const probed = async (more: object) => {
      const { cells } = await planPair(planning(null, more), pair, surveyedOf());
      return cells.filter(({ measure }) => measure === "probes");
    };
    const [corpus, prompts] = await probed({});
    expect([corpus!.probes?.unit, prompts!.probes?.unit]).toEqual(["document", "prompt"]);
    const isKept = async (more: object) => {
      const [one, other] = await probed(more);
      return [one!.dependsOn === corpus!.dependsOn, other!.dependsOn === prompts!.dependsOn];
    };
    expect(await isKept({ probes: { texts: 7 } })).toEqual([false, true]);
    expect(await isKept({ own: { prefixWords: 3 } })).toEqual([false, true]);
    expect(await isKept({ probes: { samples: 7 } })).toEqual([true, false]);
    expect(await isKept({ probes: { ahead: [1] } })).toEqual([false, false]);
    expect(await isKept({ seed: 7 })).toEqual([false, false]);
    expect(await isKept({ own: { tokens: 3 } })).toEqual([true, true]);
  });

  it("has the kinds that the study names now, without drawing again", async () => {
    const known = resultOf([await drawn()]);
    const { cells } = await planPair(planning(known), pair, surveyedOf("writing"));
    expect(samplesIn(cells)).toMatchObject({
      isComplete: true,
      prompts: [{ text: "How?", kind: "writing" }],
    });
  });

  it("keeps what is known of what it does not name, and nothing of prompts that have changed", async () => {
    const known = resultOf([
      await drawn(),
      { ...(await drawn()), corpus: "Others" },
      { ...(await drawn()), pair: "Q" },
    ]);
    const plan = planning(known);
    const work = await planPair({ ...plan, measures: ["own"] }, pair, surveyedOf(null, "2"));
    expect(placesOf(work.cells)).toEqual(["P, News, own"]);
    expect(placesOf(unplanned(plan, work.cells, [work]))).toEqual([
      "P, Others, samples",
      "Q, Vicuna, samples",
    ]);
  });
});

it("cells stand as the study names them: pairs, then samples from elsewhere, then what it does not name", async () => {
  const { cells } = await planPair(planning(null), pair, surveyedOf());
  const { cell } = planRecorded(planning(null), surveyedOf().recorded[0]!)!;
  const gone = { ...cell, pair: "gone", corpus: "gone" };
  const ordered = [...cells, cell, gone];
  expect(placesOf(inOrder(studyOf(), [...ordered].reverse()))).toEqual(placesOf(ordered));
});
