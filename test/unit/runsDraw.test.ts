import { describe, expect, it } from "vitest";
import { sequencesOf } from "../../src/engine/blocks";
import type { Sample, Vocabulary } from "../../src/engine/engine";
import { checkSameModel, OtherRunError, toRunSample } from "../../src/jobs/runs/draw";
import { scoredSamples, unscored } from "../../src/jobs/runs/bits";
import { newRun } from "../../src/jobs/runs/newRun";
import { chooseWidth } from "../../src/jobs/runs/settings";

const CONTROL = 1 << 3;

/** A vocabulary of the given pieces; `<…>` are control tokens. */
function vocabularyOf(pieces: readonly (string | readonly number[])[]): Vocabulary {
  const bytes = pieces.map((piece) =>
    typeof piece === "string" ? Buffer.from(piece) : Uint8Array.from(piece),
  );
  const offsets = [0];
  for (const piece of bytes) offsets.push(offsets.at(-1)! + piece.length);
  return {
    bytes: Buffer.concat(bytes),
    offsets: Uint32Array.from(offsets),
    attributes: Uint16Array.from(pieces, (p) => (String(p).startsWith("<") ? CONTROL : 0)),
    bos: null,
    endOfGeneration: [],
    addsSpacePrefix: false,
  };
}

/** A sample of every token of a vocabulary in turn, token i with log-probability -(i + 1). */
function sampleOf({ attributes }: Vocabulary, text: string): Sample {
  const ids = Int32Array.from(attributes, (_, id) => id);
  const logProbability = Float32Array.from(ids, (id) => -(id + 1));
  const entropy = Float32Array.from(ids, () => 0.5);
  return { index: 3, ids, text, logProbability, entropy, rank: new Uint32Array(ids), ended: "end" };
}

describe("toRunSample", () => {
  it("keeps numbers as they are, and counts starts in code points", () => {
    const vocabulary = vocabularyOf(["Hé", " 😀", "!"]);
    expect(toRunSample(sampleOf(vocabulary, "Hé 😀!"), vocabulary)).toEqual({
      index: 3,
      ended: "end",
      text: "Hé 😀!",
      tokens: {
        ids: [0, 1, 2],
        starts: [0, 2, 4],
        logProbabilities: [-1, -2, -3],
        entropies: [0.5, 0.5, 0.5],
      },
      scored: { base: null, rlhf: null },
    });
  });

  it.each<[string, (string | number[])[], string, number[]]>([
    ["a character of three tokens", ["a", [0xe5], [0xa5], [0xbd], "b"], "a好b", [0, 1, 1, 1, 2]],
    [
      "a token that ends one and begins the next",
      [[0xf0, 0x9f, 0x98], [0x80, 0xf0], [0x9f, 0x98, 0x80], "x"],
      "😀😀x",
      [0, 0, 1, 2],
    ],
    ["control tokens, which are no text", ["a", "<|user|>", "b"], "ab", [0, 1, 1]],
    ["bytes that are no character", ["a", [0x80], [0xc3], "b"], "a\ufffd\ufffdb", [0, 1, 2, 2]],
  ])("places %s", (_, pieces, text, starts) => {
    const vocabulary = vocabularyOf(pieces);
    expect(toRunSample(sampleOf(vocabulary, text), vocabulary).tokens?.starts).toEqual(starts);
  });
});

describe("scoredSamples", () => {
  it("gives tokens that share a character all of it, in UTF-16 units", () => {
    const sample = { index: 0, ended: null, text: "a😀b", tokens: null };
    const kept = { starts: [0, 1, 1, 2], logProbabilities: [-1, -2, -3, -4] };
    const { base, rlhf } = scoredSamples([{ ...sample, scored: { base: null, rlhf: kept } }]);
    expect(base).toEqual([null]);
    expect(rlhf[0]?.tokens).toEqual({
      count: 4,
      start: [0, 1, 1, 3],
      endExclusive: [1, 3, 3, 4],
      logProbability: [-1, -2, -3, -4],
    });
  });

  it("has nothing that is not scored, drawn or not, and no token for an empty sample", () => {
    const vocabulary = vocabularyOf(["a", "b"]);
    const drawn = toRunSample(sampleOf(vocabulary, "ab"), vocabulary);
    const elsewhere = { ...drawn, tokens: null };
    for (const under of ["base", "rlhf"] as const) {
      expect(scoredSamples([drawn, elsewhere])[under]).toEqual([null, null]);
      expect(unscored([drawn, elsewhere], under)).toEqual([drawn, elsewhere]);
    }
    const scored = { base: { starts: [], logProbabilities: [] }, rlhf: null };
    const empty = { ...drawn, text: "", scored };
    expect(scoredSamples([empty]).base[0]?.tokens.count).toBe(0);
    expect(unscored([empty], "base")).toEqual([]);
    expect(unscored([empty], "rlhf")).toEqual([empty]);
  });

  it("takes what the run keeps of both models", () => {
    const kept = { starts: [0, 1], logProbabilities: [-3, -4] };
    const sample = { index: 0, ended: null, text: "😀b", tokens: null };
    const { base, rlhf } = scoredSamples([{ ...sample, scored: { base: kept, rlhf: kept } }]);
    for (const [scored] of [base, rlhf]) {
      expect(scored?.tokens).toEqual({
        count: 2,
        start: [0, 2],
        endExclusive: [2, 3],
        logProbability: [-3, -4],
      });
    }
  });
});

describe("chooseWidth", () => {
  const PER_TOKEN = 1000;
  const TOKENS = 100;
  /** Free memory that holds exactly `sequences` sequences in its half. */
  const holding = (sequences: number) => 2 * sequences * TOKENS * PER_TOKEN;

  it.each([
    // One more sequence keeps the prompt.
    [holding(105), 104],
    [holding(65), 64],
    [holding(65) - 1, 32],
    [holding(9), 8],
    [0, 8],
    [holding(1000), 104],
  ])("is what %i bytes hold: %i", (free, width) => {
    expect(chooseWidth(PER_TOKEN, TOKENS, free)).toBe(width);
  });

  it("is no more than the samples fill, in whole groups of rows", () => {
    const widths = [1, 8, 20, 100, 1000].map((samples) => sequencesOf(104, samples));
    expect(widths).toEqual([8, 8, 24, 104, 104]);
    expect(sequencesOf(9, 100)).toBe(16);
    expect(sequencesOf(104, 0)).toBe(0);
  });
});

describe("a run that goes on", () => {
  const before = { name: "m", path: "a", sha256: "1", quantisation: "Q8_0", engineVersion: "1" };

  it("takes the same model from another place, its digest known or not", () => {
    const moved = { ...before, path: "b" };
    expect(() => checkSameModel(before, moved)).not.toThrow();
    expect(() => checkSameModel(before, { ...before, sha256: null })).not.toThrow();
    expect(() => checkSameModel(null, before)).not.toThrow();
  });

  it("takes the same weights under another name", () => {
    expect(() => checkSameModel(before, { ...before, name: "n" })).not.toThrow();
  });

  it.each([{ sha256: "2" }, { sha256: null, name: "n" }, { sha256: null, quantisation: "F16" }])(
    "refuses %o",
    (other) => {
      expect(() => checkSameModel(before, { ...before, ...other })).toThrow(OtherRunError);
    },
  );
});

describe("newRun", () => {
  it("is named after its first line, no character cut in two", () => {
    const settings = { samples: 3, seed: 1, maxTokens: 5 };
    expect(newRun("\n  Hello  \nthere", settings).name).toBe("Hello  ");
    expect(newRun("😀".repeat(60), settings).name).toBe("😀".repeat(60));
    expect(newRun("😀".repeat(70), settings).name).toBe(`${"😀".repeat(59)}…`);
    expect(newRun("", settings)).toMatchObject({ name: "", rlhf: null, base: null });
  });
});
