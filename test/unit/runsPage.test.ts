import { describe, expect, it } from "vitest";
import { toAnchorsJson, toAnchorsTable } from "../../src/cli/output/anchors";
import { alignSamples } from "../../src/cli/output/align";
import { toAnchorsPage } from "../../src/cli/output/anchorsPage";
import type { AveragesMessage } from "../../src/protocol/anchorViews";
import { type ModelSource, NOT_SCORED, type Run, type RunSample } from "../../src/formats/run";
import { sampleViews } from "../../src/jobs/runs/views";
import { importedSamples } from "../support/importedSamples";
import { analysedRuns } from "../support/analyser";

const HOSTILE =
  "</script><img src=x onerror=alert(1)><!--<script> \u2028 \u001b[31m and so on to the end";
const samples = [1, 2, 3, 4, 5].map((number) => `${HOSTILE} ${number}`);
const hostile = importedSamples(HOSTILE, samples);
const plain = importedSamples("", ["a"]);
const analysed = await analysedRuns([hostile, plain]);

const SOURCE: ModelSource = {
  kind: "model",
  role: "rlhf",
  model: { name: "m", path: "/m", sha256: null, quantisation: "F32", engineVersion: "1" },
  prompt: "Why?",
  frame: null,
  sampler: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
};

describe("the page of anchors", () => {
  const page = toAnchorsPage(analysed, "/* the panel */");
  const data = /<script type="application\/json" id="conversations">(.*?)<\/script>/su.exec(page);

  it("keeps hostile texts as data: no script or element is theirs", () => {
    expect(page).not.toContain("<img");
    expect(page.match(/<\/script>/g)).toHaveLength(4);
    expect(page.match(/<script/g)).toHaveLength(4);
    expect(page).not.toContain("<!--");
    expect(page).not.toContain("\u2028");
  });

  it("says to the panel what a finished run says, texts unchanged", () => {
    const [first, second] = JSON.parse(data![1]!) as { name: string; messages: Message[] }[];
    expect(first?.name).toBe(HOSTILE);
    expect(first?.messages.map(({ type }) => type)).toEqual([
      "show",
      "samples",
      "alignment",
      "anchors",
      "progress",
    ]);
    expect(first?.messages[1]?.samples?.map(({ text }) => text)).toEqual(samples);
    expect(second?.name).toBe("mine");
  });

  it("has the means over prompts of the table and the JSON, where there are several", () => {
    const [message] = averagesOn(page);
    expect(message?.type).toBe("averages");
    const { prompts, samples: most, rlhf, base } = message!.averages;
    expect({ prompts, most, base }).toEqual({ prompts: 2, most: 5, base: null });
    const json = JSON.parse(toAnchorsJson(analysed)) as { averages: { rlhf: typeof rlhf } };
    expect(rlhf).toEqual(json.averages.rlhf);
    // Twelve words, of which the first eleven are the same in five samples, and a prompt of one word.
    expect(rlhf?.sharing[1]).toEqual({ n: 10, samples: 5 / 2 });
    expect(averagesOn(toAnchorsPage(analysed.slice(0, 1), ""))).toEqual([]);
  });

  it("names the model that drew the samples of all prompts, where there is one", async () => {
    const drawnBy = (name: string): Run => {
      const source: ModelSource = { ...SOURCE, model: { ...SOURCE.model, name } };
      return { ...plain, rlhf: { ...plain.rlhf!, source } };
    };
    const modelsOf = async (...runs: Run[]) =>
      averagesOn(toAnchorsPage(await analysedRuns(runs), ""))[0]?.averages.models;
    expect(await modelsOf(drawnBy("m"), drawnBy("m"))).toEqual({ base: null, rlhf: "m (F32)" });
    expect(await modelsOf(drawnBy("m"), drawnBy("n"))).toEqual({ base: null, rlhf: null });
    expect(await modelsOf(drawnBy("m"), plain)).toEqual({ base: null, rlhf: null });
  });

  it("counts 10-grams of all prompts together", () => {
    const counted = analysed.map(({ roles }) => roles.rlhf!.alignment.ngrams.tenGrams);
    expect(counted.map((counts) => counts.length)).toEqual([6, 2]);
    const [message] = averagesOn(page);
    expect(message?.averages.rlhf?.tenGrams).toEqual(
      counted[0]!.map((count, i) => count + (counted[1]![i] ?? 0)),
    );
    expect(message?.averages.rlhf?.tenGrams[5]).toBeGreaterThan(0);
  });

  it("loads nothing from elsewhere", () => {
    expect(page.replace(data![0], "")).not.toMatch(/\b(?:src|href)="|url\(|https?:/);
  });
});

describe("bits of anchors", () => {
  const SENTENCE = "the same words in sample after sample";
  const drawn = importedSamples(
    "Why?",
    [1, 2, 3].map((number) => `${SENTENCE} ${number}`),
  );
  // Tokens of four characters, a bit each.
  const length = SENTENCE.length + 2;
  const starts = Array.from({ length: Math.ceil(length / 4) }, (_, token) => 4 * token);
  const scores = { starts, logProbabilities: starts.map(() => -Math.LN2) };
  // A bit more for each, as another arithmetic may have it.
  const tokens = {
    ids: starts.map(() => 1),
    starts,
    logProbabilities: starts.map(() => -2 * Math.LN2),
    entropies: starts.map(() => 0),
  };

  const runOf = (scored: RunSample["scored"]): Run => {
    const samples = drawn.rlhf!.samples.map((sample) => ({ ...sample, tokens, scored }));
    return { ...drawn, rlhf: { ...drawn.rlhf!, source: SOURCE, samples } };
  };

  it("are those that a model has scored, not those that it left when it drew", async () => {
    const [found] = await analysedRuns([runOf({ base: null, rlhf: scores })]);
    const [anchor] = found!.roles.rlhf!.anchors.anchors;
    expect(anchor?.text).toBe(`${SENTENCE} `);
    expect(length).toBe(39);
    // 38 of 39 characters: nine whole tokens, and two thirds of the last, which has three characters.
    expect(anchor?.bits.rlhf).toBeCloseTo(9 + 2 / 3, 12);
    expect(anchor?.bits.base).toBeNull();
  });

  it("are unknown of samples that are not scored, from elsewhere or drawn", async () => {
    for (const run of [drawn, runOf(NOT_SCORED)]) {
      const [found] = await analysedRuns([run]);
      expect(found!.roles.rlhf!.anchors.anchors[0]?.bits).toEqual({ base: null, rlhf: null });
    }
  });

  it("stand beside perplexities that say whether they were scored or drawn", () => {
    const [scored] = sampleViews(runOf({ base: null, rlhf: scores }).rlhf!.samples, "rlhf");
    expect(scored).toMatchObject({ known: "scored", tokens: 10 });
    expect(scored?.perplexity).toBeCloseTo(2, 12);
    const [asDrawn] = sampleViews(runOf(NOT_SCORED).rlhf!.samples, "rlhf");
    expect(asDrawn).toMatchObject({ known: "drawn", tokens: 10 });
    expect(asDrawn?.perplexity).toBeCloseTo(4, 12);
    expect(sampleViews(drawn.rlhf!.samples, "rlhf")[0]).toMatchObject({
      known: null,
      perplexity: null,
    });
  });
});

function averagesOn(page: string): AveragesMessage[] {
  const data = /id="averages">(.*?)<\/script>/su.exec(page);
  return JSON.parse(data![1]!) as AveragesMessage[];
}

interface Message {
  readonly type: string;
  readonly samples?: readonly { readonly text: string }[];
}

describe("anchors as JSON and as a table", () => {
  it("are texts with column, generations and share", () => {
    const { prompts, averages } = JSON.parse(toAnchorsJson(analysed)) as {
      prompts: { prompt: string; rlhf: { generations: number; anchors: unknown[] } }[];
      averages: { rlhf: { prompts: number }; base: null };
    };
    expect(prompts[0]?.rlhf.generations).toBe(5);
    expect(prompts[0]?.rlhf.anchors).toEqual([
      {
        text: `${HOSTILE} `,
        column: 0,
        generations: 5,
        share: 1,
        againstChance: null,
        bits: { base: null, rlhf: null },
      },
    ]);
    expect(prompts[1]?.rlhf.anchors).toEqual([]);
    expect(averages).toMatchObject({ rlhf: { prompts: 2 }, base: null });
  });

  it("say nothing to the terminal that it would obey", () => {
    const table = toAnchorsTable(analysed);
    expect(table).toContain("100 %");
    expect(table).toContain("no anchor in 1 samples");
    expect(table).toContain("Means over 2 prompts:");
    const rows = [...alignSamples([{ prompt: HOSTILE, stage: null, samples }], "text")].join("");
    for (const output of [table, rows]) {
      expect(output).not.toContain("\u001b");
      expect(output).not.toContain("\u2028");
    }
  });
});

describe("aligned samples", () => {
  it("keep what looks like a gap", () => {
    const sets = [{ prompt: "", stage: null, samples: ["a──b", "a──b"] }];
    expect([...alignSamples(sets, "text")].join("")).toBe("a──b\na──b\n");
  });

  it("are rows of equal length, or run lengths", () => {
    const prompts = [{ prompt: "", stage: null, samples: ["abcd", "abd\u200b"] }];
    const rows = [...alignSamples(prompts, "text")].join("").trimEnd().split("\n");
    expect(new Set(rows.map((row) => [...row].length)).size).toBe(1);
    const [document] = JSON.parse([...alignSamples(prompts, "json")].join("")) as {
      rows: number[][];
    }[];
    const characters = document!.rows.map((row) => row.reduce((sum, n, i) => sum + n * (i % 2), 0));
    expect(characters).toEqual([4, 4]);
  });
});
