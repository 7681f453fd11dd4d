/** What models make of hidden words, held against lists of alternatives and against drawing (docs/definitions.md, "The Shannon game"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstWord, lastWord } from "../../src/analysis/scores/lastWord";
import type { Engine, Sample, ScoringModel } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { askAll, askModel, type WordAnswer } from "../../src/jobs/shannon/askModel";
import type { HiddenWord } from "../../src/jobs/shannon/question";
import { LOAD, score, startTestEngine, STRIDED } from "../support/engine";
import { testModel } from "../support/models";

const PASSAGES = [
  "Once upon a time there was a king who had three daughters. He loved the youngest of his daughters",
  "The wolf came to the door and knocked. “Little pig,” he said, “let me come in.” But it was the “wolf”.",
  "She took the boy by the hand, and led him out of the house",
  'Where is my father? "He is dead, Mr. Nadia',
  "They went home.\n\nHome",
  "No one knows Rumpelstiltskin-Xyzzy1,250.5",
  "It was the naïve 🦊 fox",
];
const wordsOf = (texts: readonly string[]) =>
  texts.map((text): HiddenWord => ({ text, ...lastWord(text)! }));

const MODELS = {
  "the base model": "models/twin-base.gguf",
  "a tokenizer that puts a blank in front": testModel({
    name: "hidden-spm",
    vocabulary: { kind: "spm", addBos: true },
  }),
  "bytes, and no BOS": testModel({
    name: "hidden-bare",
    vocabulary: { kind: "byte", addBos: false },
  }),
} as const;

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

const signal = new AbortController().signal;
const ask = (model: ScoringModel, settings = STRIDED) => ({
  hold: () => Promise.resolve({ engine, model }),
  settings,
  choices: 5,
  signal,
});

describe.each(Object.entries(MODELS))("words hidden from %s", (_, path) => {
  let model: ScoringModel;
  let answers: (WordAnswer | EngineError)[];
  beforeAll(async () => {
    model = await engine.prepareScoring(await engine.load(path, LOAD));
    answers = await askAll(wordsOf(PASSAGES), ask(model));
  });
  afterAll(() => engine.unload(model.id));

  it("have the ranks and probabilities of the passage's tokens", async () => {
    for (const [i, { text, start, endExclusive }] of wordsOf(PASSAGES).entries()) {
      const { columns } = await score(engine, model, text, { distribution: { topK: 100 } });
      const { distribution, id, logProbability } = columns;
      const all = Array.from({ length: columns.count }, (_, token) => token);
      const target = all.filter(
        (token) => columns.start[token]! < endExclusive && columns.endExclusive[token]! > start,
      );
      const { tokens, firstChoices } = answers[i] as WordAnswer;
      expect(tokens).toHaveLength(target.length);
      target.forEach((token, at) => {
        const top = distribution!.topId.subarray(100 * token, 100 * (token + 1));
        const place = top.indexOf(id[token]!);
        const { rank, logProbability: found, text: piece } = tokens[at]!;
        if (place >= 0) expect(rank).toBe(place + 1);
        else expect(rank).toBeGreaterThan(100);
        expect(found).toBe(logProbability[token]);
        expect(piece).toBe(text.slice(columns.start[token], columns.endExclusive[token]));
      });
      const top = distribution!.topLogProbability.subarray(100 * target[0]!, 100 * target[0]! + 5);
      expect(firstChoices.map(({ logProbability }) => logProbability)).toEqual([...top]);
    }
  });

  it("are said as the model goes on alone behind the tokens before them", async () => {
    const { vocabulary } = model;
    for (const [i, { text, start }] of wordsOf(PASSAGES).entries()) {
      const { id, endExclusive } = await engine.tokenize(model.id, text);
      const before = id.subarray(
        0,
        endExclusive.findIndex((end) => end > start),
      );
      const prompt = Int32Array.of(...(vocabulary.bos === null ? [] : [vocabulary.bos]), ...before);
      const drawn: Sample[] = [];
      const sampler = { temperature: 0, topK: 1, topP: 1, minP: 0 };
      await engine.sample(
        { model: model.id, prompt, samples: [0], width: 1, maxTokens: 64, seed: 9, sampler },
        (sample) => drawn.push(sample),
      );
      const { said, isExact, f1 } = answers[i] as WordAnswer;
      expect(said).toBe(firstWord(drawn[0]!.text).word);
      expect(isExact).toBe(said === lastWordOf(text));
      if (isExact) expect(f1).toBe(1);
    }
  });

  it("get the answer that each gets alone", async () => {
    for (const [i, word] of wordsOf(PASSAGES).entries()) {
      expect(await askModel(word, ask(model))).toEqual(answers[i]);
    }
  });
});

function lastWordOf(text: string): string {
  const { start, endExclusive } = lastWord(text)!;
  return text.slice(start, endExclusive);
}

describe("a word in the middle of a long text", () => {
  let model: ScoringModel;
  beforeAll(async () => {
    model = await engine.prepareScoring(await engine.load(MODELS["the base model"], LOAD));
  });

  it("is asked for with what a window holds of the text before it", async () => {
    const before = "The king went to the forest and saw a fox. ".repeat(300);
    const text = `${before}Then the king said nothing more.`;
    const word = { text, start: before.length + 14, endExclusive: before.length + 18 };
    const answer = await askModel(word, ask(model, { ...STRIDED, window: 256 }));
    expect(answer.tokens.map((token) => token.text).join("")).toBe(" said");
    expect(answer.settings.window).toBe(256);
    // A shorter text that begins anywhere before the window is the same to it.
    const shorter = text.slice(43 * 200);
    const moved = {
      text: shorter,
      start: word.start - 43 * 200,
      endExclusive: word.endExclusive - 43 * 200,
    };
    expect(await askModel(moved, ask(model, { ...STRIDED, window: 256 }))).toEqual(answer);
  });

  it("leaves others alone where it can't be asked for", async () => {
    const blob = `A word: ${"x7Qz".repeat(400)}`;
    const words = wordsOf(["She led him out of the house", blob, "He went home"]);
    const [first, fault, third] = await askAll(words, ask(model, { ...STRIDED, window: 128 }));
    expect(first).not.toBeInstanceOf(EngineError);
    expect(fault).toMatchObject({ code: "StretchTooLong" });
    expect((third as WordAnswer).tokens.map(({ text }) => text)).toEqual([" home"]);
  });
});
