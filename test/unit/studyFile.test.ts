import { describe, expect, it } from "vitest";
import { parseStudy, StudyFileError } from "../../src/formats/study/parseStudy";
import { type Pair, resolveStudy } from "../../src/formats/study/study";

const CORPUS = "corpora:\n  - name: News\n    paths: news.txt\n";
const EMBEDDED: Pair = {
  name: "embedded pair",
  stages: [
    { name: "base", path: "/base.gguf" },
    { name: "rlhf", path: "/rlhf.gguf" },
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
    expect(study.measures).toEqual(["perplexity", "concentration", "calibration", "own"]);
    expect(study.corpora[0]).toMatchObject({
      name: "News",
      category: "other",
      paths: ["news.txt"],
      rendering: "auto",
      limits: { documents: 50, recordBytes: 2 ** 24 },
    });
    expect(resolve(`version: 1\npreset: paper\n${CORPUS}`).corpora[0]!.limits.bytes).toBeNull();
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
          { name: "base", path: "/folder/b.gguf" },
          { name: "rlhf", path: "/folder/r.gguf" },
          { name: "sft", path: "/folder/s.gguf" },
        ],
      },
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
    ["has no corpora", "version: 1\n", 1],
    ["is of another version", `version: 2\n${CORPUS}`, 1],
    ["names a corpus twice", `version: 1\n${CORPUS}  - name: News\n    paths: b\n`, 5],
    ["refers to itself", "version: 1\ncorpora: &a [*a]\n", 2],
  ])("is refused where it %s", (_, text, line) => {
    expect(faultsOf(text)[0]?.[0]).toBe(line);
  });

  it("is refused where a few lines are a billion values", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i++) {
      lines.push(`a${i}: &a${i} [${new Array(9).fill(`*a${i - 1}`).join(", ")}]`);
    }
    expect(faultsOf(lines.join("\n"))[0]![1]).toContain("This is no study");
  });
});
