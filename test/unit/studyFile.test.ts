import { describe, expect, it } from "vitest";
import { parseStudy, StudyFileError } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { Pair } from "../../src/formats/study/study";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const CORPUS = "corpora:\n  - name: News\n    paths: news.txt\n";
const EMBEDDED: Pair = {
  name: "embedded pair",
  stages: [
    { name: "base", ...withoutAdapter("/base.gguf") },
    { name: "rlhf", ...withoutAdapter("/rlhf.gguf") },
  ],
};

const resolve = (text: string) =>
  resolveStudy(parseStudy(text), "mine", EMBEDDED, (path) => `/folder/${path}`);

/** `[line, message]` of everything that is wrong. */
function faultsOf(text: string): [number, string][] {
  try {
    parseStudy(text);
  } catch (error) {
    if (!(error instanceof StudyFileError)) throw error;
    return error.faults.map(({ line, message }) => [line, message]);
  }
  return [];
}

describe("a study's file", () => {
  it("needs no more than corpora: the rest is the preset's", () => {
    const study = resolve(`version: 1\n${CORPUS}`);
    expect(study.pairs).toEqual([EMBEDDED]);
    expect(study.corpora[0]!.measures).toEqual([
      "perplexity",
      "concentration",
      "calibration",
      "own",
    ]);
    expect([study.prompts, study.recorded]).toEqual([[], []]);
    expect(study.corpora[0]).toMatchObject({
      name: "News",
      category: "other",
      paths: ["news.txt"],
      rendering: "auto",
      limits: { documents: 50, recordBytes: 2 ** 24 },
    });
    expect(resolve(`version: 1\npreset: paper\n${CORPUS}`).corpora[0]!.limits.bytes).toBeNull();
  });

  it("may have passages, which are read as corpora, and of which their last words alone are measured", () => {
    const passages = "passages:\n  - {name: L, paths: l.jsonl, column: text}\n";
    const { corpora } = resolve(`version: 1\n${passages}`);
    expect(corpora).toMatchObject([{ name: "L", column: "text", measures: ["shannon"] }]);
    const some = resolve(`version: 1\nmeasures: [perplexity]\n${CORPUS}${passages}`);
    expect(some.corpora.map(({ measures }) => measures)).toEqual([["perplexity"], []]);
  });

  it("may be JSON", () => {
    const json = JSON.stringify({ version: 1, corpora: [{ name: "a", paths: ["b", "c"] }] });
    expect(resolve(json).corpora[0]!.paths).toEqual(["b", "c"]);
  });

  it("names pairs with their stages, whose paths count from its folder", () => {
    const pairs = "pairs:\n  - {name: P, base: b.gguf, rlhf: r.gguf, stages: {sft: s.gguf}}\n";
    expect(resolve(`version: 1\n${pairs}${CORPUS}`).pairs).toEqual([
      {
        name: "P",
        stages: [
          { name: "base", ...withoutAdapter("/folder/b.gguf") },
          { name: "rlhf", ...withoutAdapter("/folder/r.gguf") },
          { name: "sft", ...withoutAdapter("/folder/s.gguf") },
        ],
      },
    ]);
  });

  it("names the adapters of a pair's models, so that a model may be there with and without one", () => {
    const pair = "{name: P, base: b.gguf, rlhf: r.gguf, stages: {prose: r.gguf}, adapters: ADDED}";
    const withAdapters = (added: string) =>
      `version: 1\npairs:\n  - ${pair.replace("ADDED", added)}\n${CORPUS}`;
    expect(resolve(withAdapters("{prose: a.gguf, base: c.gguf}")).pairs[0]!.stages).toEqual([
      { name: "base", path: "/folder/b.gguf", adapter: "/folder/c.gguf" },
      { name: "rlhf", ...withoutAdapter("/folder/r.gguf") },
      { name: "prose", path: "/folder/r.gguf", adapter: "/folder/a.gguf" },
    ]);
    expect(faultsOf(withAdapters("{other: a.gguf}"))).toEqual([
      [3, 'pairs.0.adapters: the pair has no model "other"; it has base, rlhf, prose.'],
    ]);
  });

  it("has limits for all corpora, and for one", () => {
    const study = resolve(
      "version: 1\ncorpora:\n  - {name: a, paths: a, limits: {documents: 3}}\n  - {name: b, paths: b}\nlimits: {documents: 7, bytes: 9}\n",
    );
    expect(study.corpora.map(({ limits }) => [limits.documents, limits.bytes])).toEqual([
      [3, 9],
      [7, 9],
    ]);
  });

  it("tells every fault with its line and what is allowed", () => {
    const faults = faultsOf(
      "version: 1\ncorpora:\n  - name: x\n    paths: a\n    kind: chat\n    category: news\n    limits:\n      documents: 0\nseed: -1\n",
    );
    expect(faults.map(([line]) => line)).toEqual([5, 6, 8, 9]);
    expect(faults[0]![1]).toBe(
      'corpora.0: there is no setting "kind"; there are name, category, paths, standsFor, column, rendering, side, part, lines, encoding, limits.',
    );
    expect(faults[1]![1]).toContain('"pretraining"|"new corpus"|"instruction"|"chat"|"other"');
    expect(faults[2]![1]).toContain("a whole number from 1 to 1,000,000,000 is expected");
  });

  it.each([
    ["is empty", "", 1],
    ["is no YAML", "version: 1\ncorpora: [", 2],
    ["is a list", "- a\n", 1],
    ["measures nothing", "version: 1\ncorpora: []\nprompts: []\n", 1],
    ["has nothing that is measured", "version: 1\n", 1],
    [
      "calls passages as a corpus",
      `version: 1\n${CORPUS}passages: [{ name: News, paths: b }]\n`,
      5,
    ],
    ["is of another version", `version: 2\n${CORPUS}`, 1],
    ["names a corpus twice", `version: 1\n${CORPUS}  - name: News\n    paths: b\n`, 5],
    [
      "names prompts as a corpus",
      `version: 1\n${CORPUS}prompts:\n  - name: News\n    path: b\n`,
      6,
    ],
    [
      "names samples as prompts",
      "version: 1\nprompts: [{name: a, path: a}]\nrecorded: [{name: a, path: b}]\n",
      3,
    ],
    ["refers to itself", "version: 1\ncorpora: &a [*a]\n", 2],
  ])("is refused where it %s", (_, text, line) => {
    expect(faultsOf(text)[0]?.[0]).toBe(line);
  });

  it("says what is measured where that is nothing", () => {
    expect(faultsOf("version: 1\n")[0]![1]).toBe(
      "Nothing is measured: one of corpora, passages, prompts, recorded is needed.",
    );
  });

  it("is refused where a few lines are a billion values", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i++) {
      lines.push(`a${i}: &a${i} [${new Array(9).fill(`*a${i - 1}`).join(", ")}]`);
    }
    expect(faultsOf(lines.join("\n"))[0]![1]).toContain("This is no study");
  });
});

describe("what a study's file says of samples", () => {
  const PROMPTS = "prompts: [{name: Vicuna, path: vicuna.jsonl}]\n";

  it("needs no more than prompts: the nuclei are the paper's", () => {
    const { prompts, samples } = resolve(`version: 1\n${PROMPTS}`);
    const set = { name: "Vicuna", path: "vicuna.jsonl", kind: null, prompts: 10 };
    expect(prompts).toEqual([{ ...set, measures: ["samples"] }]);
    expect(samples).toEqual({
      samples: 20,
      tokens: 64,
      topP: { base: 0.7, rlhf: 0.9 },
      sweep: [0.6, 0.7, 0.8, 0.9, 1],
      match: true,
      chance: true,
      seeds: [],
      frames: {},
    });
    const paper = resolve(`version: 1\npreset: paper\n${PROMPTS}`);
    expect(paper.samples).toMatchObject({ samples: 100, tokens: 256 });
    expect(paper.prompts[0]).toMatchObject({ prompts: null, measures: ["samples", "probes"] });
  });

  it("changes what it names, and leaves the rest to the preset", () => {
    const { samples } = resolve(
      `version: 1\n${PROMPTS}samples:\n  topP: {base: 0.65}\n  sweep: []\n  match: false\n  seeds: [2]\n  frames: {asked: "Q: {prompt}"}\n`,
    );
    expect(samples).toEqual({
      samples: 20,
      tokens: 64,
      topP: { base: 0.65, rlhf: 0.9 },
      sweep: [],
      match: false,
      chance: true,
      seeds: [2],
      frames: { asked: "Q: {prompt}" },
    });
  });

  it("may be of samples from elsewhere alone, whose sides have the names of their file", () => {
    const study = resolve(
      "version: 1\nrecorded:\n  - {name: Davinci, path: d.jsonl, base: davinci, prompts: 3, encoding: latin1}\n",
    );
    expect(study.recorded).toEqual([
      {
        name: "Davinci",
        path: "d.jsonl",
        prompts: 3,
        from: { base: "davinci", rlhf: null },
        encoding: "latin1",
        measures: ["samples"],
      },
    ]);
  });

  it.each([
    [
      "a frame without the prompt",
      "frames: {asked: Q}",
      "frames.asked: a text with {prompt} in it",
    ],
    ["a nucleus beyond all", "sweep: [0.6, 1.5]", "sweep.1: a number from 0.01 to 1 is expected"],
    ["a nucleus of nothing", "topP: {base: 0}", "topP.base: a number from 0.01 to 1"],
    ["a seed below zero", "seeds: [-1]", "seeds.0: a whole number from 0 to 2,147,483,647"],
    ["no samples", "samples: 0", "samples: a whole number from 1 to 1,000"],
    ["half a token", "tokens: 1.5", "tokens: a whole number from 1 to 8,192"],
    ["another setting", "top_p: 1", 'there is no setting "top_p"; there are samples, tokens, topP'],
  ])("is refused where it has %s", (_, setting, message) => {
    const [fault] = faultsOf(`version: 1\n${PROMPTS}samples:\n  ${setting}\n`);
    expect(fault![0]).toBe(4);
    expect(fault![1]).toContain(message);
  });

  it("is refused where a set lacks its path, or takes no prompts", () => {
    expect(faultsOf("version: 1\nprompts:\n  - name: a\n")).toEqual([
      [3, "prompts.0.path: it is missing."],
    ]);
    const none = faultsOf("version: 1\nrecorded:\n  - {name: a, path: b, prompts: 0}\n");
    expect(none[0]![1]).toContain("recorded.0.prompts: a whole number from 1 to 10,000");
  });
});

describe("what a study's file says of probes", () => {
  const PROBED = `version: 1\nmeasures: [probes]\n${CORPUS}`;

  it("needs nothing: the distances are the paper's and a check, the nuclei those of samples", () => {
    const { probes, corpora } = resolve(`${PROBED}samples: {topP: {base: 0.6}}\n`);
    expect(corpora.map(({ measures }) => measures)).toEqual([["probes"]]);
    expect(probes).toEqual({
      texts: 100,
      samples: 10,
      tokens: 64,
      layers: "one",
      ahead: [0, 1, 2, 3],
      topP: { base: 0.6, rlhf: 0.9 },
    });
    const paper = resolve(`preset: paper\n${PROBED}`).probes;
    expect(paper).toMatchObject({ texts: 1600, samples: 20, layers: "all" });
  });

  it("changes what it names; distances are ascending, each once", () => {
    const settings = "probes: {layers: all, ahead: [10, 2, 2], topP: {rlhf: 1}, tokens: 32}\n";
    expect(resolve(`${PROBED}${settings}`).probes).toEqual({
      texts: 100,
      samples: 10,
      tokens: 32,
      layers: "all",
      ahead: [2, 10],
      topP: { base: 0.7, rlhf: 1 },
    });
  });

  it.each([
    ["no text", "texts: 0", "texts: a whole number from 1 to 100,000"],
    ["a distance that no probe reaches", "ahead: [1, 17]", "ahead.1: a whole number from 0 to 16"],
    ["no distance", "ahead: []", "ahead: at least one number is expected"],
    ["other layers", "layers: some", 'probes.layers: Invalid option: expected one of "all"|"one"'],
    ["a nucleus beyond all", "topP: {rlhf: 2}", "topP.rlhf: a number from 0.01 to 1"],
    ["another setting", "lambda: 1", 'there is no setting "lambda"; there are texts, samples'],
  ])("is refused where it has %s", (_, setting, message) => {
    const [fault] = faultsOf(`${PROBED}probes:\n  ${setting}\n`);
    expect(fault![0]).toBe(7);
    expect(fault![1]).toContain(message);
  });
});
