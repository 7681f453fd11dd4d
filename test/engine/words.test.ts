/** Surprisal of words: against sums over the whole vocabulary, and by the rule that corrections cancel. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, ScoringModel } from "../../src/engine/engine";
import { pieceBytes } from "../../src/engine/pieces";
import type { WordNumbers } from "../../src/formats/wordDocument";
import { loadToScore } from "../../src/jobs/scoring/loadToScore";
import { scoreText } from "../../src/jobs/scoring/scoreText";
import { scoreTextAfter } from "../../src/jobs/scoring/textAfter";
import { wordModels } from "../../src/jobs/scoring/wordModels";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import { boundaryOf, type WordChoice } from "../../src/protocol/words";
import { toWordDocument } from "../../src/report/wordDocument";
import { LOAD, startTestEngine, STRIDED } from "../support/engine";
import { testModel } from "../support/models";
import { wholeRows } from "../support/wholeRows";

const BASE = "models/twin-base.gguf";

let engine: Engine;
beforeAll(() => void (engine = startTestEngine()));
afterAll(() => engine.dispose());

const SAMPLE = readFileSync("sample/night-ferry.md", "utf8");
/** Its first 500 words, the end of the last of which is the end of the text. */
const WORDS = /^(?:\s*\S+){500}/u.exec(SAMPLE)![0];

const JOINED: WordChoice = { surprisal: "boundary", punctuation: "joined" };
const SEPARATE: WordChoice = { surprisal: "boundary", punctuation: "separate" };

/** A model's words of a text, in a window that holds all of it unless another is asked for. */
async function readWords(
  model: ScoringModel,
  text: string,
  choice: WordChoice,
  { window = 0, context = "" } = {},
): Promise<WordNumbers & { text: readonly string[]; words: readonly number[] }> {
  const scores = await scoreTextAfter({
    engine,
    model,
    text,
    context,
    settings: { ...STRIDED, window },
    distribution: { topK: 0 },
    boundary: boundaryOf(choice),
  });
  const models = { base: { sha256: "0".repeat(64), vocabulary: model.vocabulary }, rlhf: null };
  const texts = [{ name: "", text, base: scores, rlhf: null }];
  const read = context === "" ? null : { name: "context", text: context };
  const document = toWordDocument("0", wordModels(models, choice), texts, choice, read);
  const { base, text: words, words: count } = document.files[0]!.wordList;
  return { ...base!, text: words, words: count };
}

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + value!, 0);

describe("500 words of the sample under the embedded base model", () => {
  let model: ScoringModel;
  let id: Int32Array;
  let rows: Float32Array[];
  beforeAll(async () => {
    model = await loadToScore(engine, withoutAdapter(BASE), LOAD);
    ({ id } = await engine.tokenize(model.id, WORDS));
    rows = await wholeRows(BASE, Int32Array.of(model.vocabulary.bos!, ...id));
  });

  it.each([JOINED, SEPARATE])(
    "have the bits that a sum over all of the vocabulary gives, punctuation $punctuation",
    async (choice) => {
      const pieces = (token: number) =>
        new TextDecoder().decode(pieceBytes(model.vocabulary, token));
      const ofRow = rows.map((row) => {
        const most = row.reduce((a, b) => Math.max(a, b));
        const all = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
        return { bits: (logit: number) => (Math.log(all) - (logit - most)) / Math.LN2, most, all };
      });
      const begins = choice.punctuation === "joined" ? /^\s/u : /^[\s\p{P}]/u;
      const ends = Array.from(model.vocabulary.attributes, (attribute, token) =>
        model.vocabulary.endOfGeneration.includes(token)
          ? true
          : (attribute & 8) === 0 && begins.test(pieces(token)),
      );
      const boundary = (border: number) => {
        const [row, { most, all }] = [rows[border]!, ofRow[border]!];
        let mass = 0;
        for (let token = 0; token < row.length; token++) {
          if (ends[token]) mass += Math.exp(row[token]! - most);
        }
        return Math.log2(all / mass);
      };
      // Tokens of this vocabulary begin with a blank, or go on: a word begins with each that does so.
      const cut =
        choice.punctuation === "joined"
          ? /\s*\S+/gu
          : /\s*(?:\p{P}+(?=\s|$)|\p{P}+(?=\S)|\S+?(?=\p{P}*(?:\s|$)))/gu;
      const found = await readWords(model, WORDS, choice);
      const expected: number[] = [];
      let token = 0;
      for (const [word] of WORDS.matchAll(cut)) {
        const first = token;
        let spelled = "";
        let bits = 0;
        while (spelled.length < word.length) {
          spelled += pieces(id[token]!);
          bits += ofRow[token]!.bits(rows[token]![id[token]!]!);
          token++;
        }
        expect(spelled).toBe(word);
        if (first > 0 && ends[id[first]!]) bits -= boundary(first);
        if (token === id.length || ends[id[token]!]) bits += boundary(token);
        expected.push(bits);
      }
      expect(token).toBe(id.length);
      expect(expected.length).toBeGreaterThanOrEqual(500);
      expect(found.bits.length).toBe(expected.length);
      found.bits.forEach((bits, i) => {
        expect(Math.abs(bits! - expected[i]!), found.text[i]).toBeLessThan(1e-5);
      });
    },
  );
});

describe("words of a text in many windows", () => {
  it.each([JOINED, SEPARATE])(
    "differ from their tokens in sum by the boundaries at both ends, punctuation $punctuation",
    async (choice) => {
      const model = await loadToScore(engine, withoutAdapter(BASE), { ...LOAD, window: 128 });
      const corrected = await readWords(model, SAMPLE, choice, { window: 128 });
      const raw = await readWords(
        model,
        SAMPLE,
        { ...choice, surprisal: "tokens" },
        { window: 128 },
      );
      expect(raw.tokens).toEqual(corrected.tokens);
      expect(corrected.boundaryBefore![0]).toBe(0);
      expect(sum(corrected.bits) - sum(raw.bits)).toBeCloseTo(corrected.boundaryAfter!.at(-1)!, 8);
      expect(corrected.boundaryAfter!.slice(0, -1)).toEqual(corrected.boundaryBefore!.slice(1));
      expect(raw.boundaryAfter).toBeNull();
    },
  );

  it("have their bits to the last bit with boundaries and without, at a window's end as well", async () => {
    const path = testModel({
      name: "words",
      vocabulary: { kind: "byte", addBos: true },
      layers: 1,
    });
    const model = await loadToScore(engine, withoutAdapter(path), { ...LOAD, window: 64 });
    const settings = { ...STRIDED, window: 64, stride: 32 };
    // 63 tokens fit into the first window, and 32 more into each later one.
    for (const length of [0, 1, 62, 63, 64, 95, 96]) {
      const text = "to be or ".repeat(20).slice(0, length);
      const read = { engine, model, text, settings, distribution: { topK: 1 } };
      const [alone, both] = [
        await scoreText(read),
        await scoreText({ ...read, boundary: "blank" }),
      ];
      const { boundary, ...columns } = both.columns;
      expect(columns).toEqual(alone.columns);
      expect({ ...both, columns: null }).toEqual({ ...alone, columns: null });
      expect(boundary!.logProbability.length).toBe(columns.count + 1);
      expect(boundary!.logProbability.every((ln) => ln <= 0)).toBe(true);
    }
  });

  it("are the same for two models where a token of one reaches across", async () => {
    const words = await wordsUnderBoth("“You…”—she said 你好 世界 ok.\r\n");
    expect(words.text.join("|")).toBe("“You…”—she|said|你好|世界|ok.");
    expect(words.base!.tokens.length).toBe(words.rlhf!.tokens.length);
  });
});

async function wordsUnderBoth(text: string) {
  const load = (kind: "byte" | "spm") => {
    const path = testModel({
      name: `words-${kind}`,
      vocabulary: { kind, addBos: true },
      layers: 1,
    });
    return loadToScore(engine, withoutAdapter(path), LOAD);
  };
  const models = { base: await load("byte"), rlhf: await load("spm") };
  const score = (model: ScoringModel) =>
    scoreText({ engine, model, text, settings: STRIDED, distribution: null, boundary: "blank" });
  const texts = [
    { name: "", text, base: await score(models.base), rlhf: await score(models.rlhf) },
  ];
  const exported = (model: ScoringModel) => ({ sha256: "", vocabulary: model.vocabulary });
  const both = { base: exported(models.base), rlhf: exported(models.rlhf) };
  return toWordDocument("0", wordModels(both, JOINED), texts, JOINED).files[0]!.wordList;
}

describe("a text after a context", () => {
  const CONTEXT = WORDS.slice(0, 700);
  const TEXT = WORDS.slice(700);

  it("has the tokens and bits that it has as the end of both, in its own offsets", async () => {
    const model = await loadToScore(engine, withoutAdapter(BASE), { ...LOAD, window: 128 });
    const settings = { ...STRIDED, window: 128 };
    const read = { engine, model, settings, distribution: { topK: 0 } };
    const whole = await scoreText({ ...read, text: CONTEXT + TEXT });
    const after = await scoreTextAfter({ ...read, text: TEXT, context: CONTEXT });
    const first = whole.columns.count - after.columns.count;
    expect(whole.columns.endExclusive[first - 1]).toBeLessThanOrEqual(CONTEXT.length);
    expect(after.columns.endExclusive[0]).toBeGreaterThan(0);
    expect(after.columns.id).toEqual(whole.columns.id.subarray(first));
    expect(after.columns.logProbability).toEqual(whole.columns.logProbability.subarray(first));
    expect(after.columns.endExclusive.at(-1)).toBe(TEXT.length);
    expect(after).toMatchObject({
      complete: true,
      scoredRange: { start: 0, endExclusive: after.columns.count },
    });
  });

  it("begins with a word that has a boundary before it", async () => {
    const model = await loadToScore(engine, withoutAdapter(BASE), LOAD);
    const whole = await readWords(model, "The man sat down.", JOINED);
    const after = await readWords(model, " sat down.", JOINED, { context: "The man" });
    expect(after.bits).toEqual(whole.bits.slice(2));
    expect(after.boundaryBefore![0]).toBeGreaterThan(0);
  });
});
