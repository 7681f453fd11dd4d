import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { textOfPieces } from "../../src/engine/pieces";
import { LOAD, score, startTestEngine } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

function load(name: string, vocabulary: ModelOptions["vocabulary"]): Promise<LoadedModel> {
  return engine.load(testModel({ name, vocabulary, layers: 1 }), LOAD);
}

/** Whether every UTF-16 unit of a text lies in a token's range. */
async function isCovered(model: LoadedModel, text: string): Promise<boolean> {
  const { start, endExclusive } = await engine.tokenize(model.id, text);
  let covered = 0;
  for (let i = 0; i < start.length && start[i]! <= covered; i++) covered = endExclusive[i]!;
  return covered === text.length;
}

const CLASSES = ["a", "7", "-", " ", "\n", "é", "你", "🎉", "\0"];

/** Pre-tokenizers that find words by `std::regex`, which recurses, and `gpt-2`, which does not. */
const PRE_TOKENIZERS = [
  "default",
  "falcon",
  "deepseek-llm",
  "deepseek-coder",
  "deepseek-v3",
  "tekken",
  "gpt-4o",
  "bloom",
  "exaone-moe",
  "gpt-2",
];

describe.each(PRE_TOKENIZERS)("a BPE vocabulary with words as in %s", (pre) => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load(`pre-${pre}`, { kind: "byte", addBos: true, pre });
  });

  it("takes thousands of equal characters in a row", async () => {
    for (const character of CLASSES) {
      expect(await isCovered(model, character.repeat(3000)), JSON.stringify(character)).toBe(true);
    }
    expect(await isCovered(model, `${"-".repeat(16_000)}${"\n".repeat(16_000)}`)).toBe(true);
  });

  it("takes more, or refuses it by name", async () => {
    for (const character of ["a", "-", " "]) {
      const text = `Two\nlines: ${character.repeat(60_000)}`;
      if (pre === "gpt-2") expect(await isCovered(model, text)).toBe(true);
      else await expect(engine.tokenize(model.id, text)).rejects.toThrow(/Line 2 begins a stretch/);
    }
    // Words in lines are no stretch, however many.
    expect(await isCovered(model, "the fox went home, and\n".repeat(3000))).toBe(true);
  });
});

describe("a BPE vocabulary without the tokens of some bytes", () => {
  const lacks = [0x04, 0x0b, 0x1d];
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load("lacks", { kind: "byte", addBos: true, lacks });
  });

  it("scores a text around what it has no token for, and says how much that is", async () => {
    const text = "\x04the \x0b fox\x1d\x04 went é\x0b";
    const { columns, complete } = await score(engine, model, text);
    expect(complete).toBe(true);
    expect(columns.withoutToken).toBe(5);
    const shown = Array.from(columns.start, (start, i) =>
      text.slice(start, columns.endExclusive[i]),
    );
    const seen = [...text].filter((character) => !lacks.includes(character.charCodeAt(0))).join("");
    expect(textOfPieces(model.vocabulary, columns.id)).toBe(seen);
    // The two bytes of é share its range.
    expect(shown.join("").replace("éé", "é")).toBe(seen);
  });

  it("gives a text of nothing else no tokens", async () => {
    const { columns, complete } = await score(engine, model, "\x04\x04");
    expect([columns.count, columns.withoutToken, complete]).toEqual([0, 2, true]);
  });
});

describe.each([
  ["spm", { kind: "spm", addBos: true }],
  ["spm without a blank in front", { kind: "spm", addBos: true, addSpacePrefix: false }],
  ["byte", { kind: "byte", addBos: true }],
] as const)("a long text in pieces, with the vocabulary %s", (name, vocabulary) => {
  it("has the tokens of one call", async () => {
    const model = await load(`long-${name.replaceAll(" ", "-")}`, vocabulary);
    const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
    const reference = await llama.loadModel({ modelPath: model.facts.path });
    const line =
      "Once upon a time, the king went  home \u2581 [[twin]]the wolf\u2014“you”\0\x01\x01 ж ZQ\r\n\n\t42  end";
    const text = Array.from({ length: 400 }, (_, i) => `${line}${" ".repeat(i % 7)}${i}`).join("");
    const { id } = await engine.tokenize(model.id, text);
    expect(text.length).toBeGreaterThan(3 * 8192);
    expect([...id]).toEqual([...reference.tokenize(text, false)]);
    await reference.dispose();
  });
});

describe("a SentencePiece vocabulary", () => {
  it("takes a megabyte of one character that it writes in bytes, in seconds, and can be cancelled meanwhile", async () => {
    const model = await load("long-spm", { kind: "spm", addBos: true });
    const text = "\0".repeat(2 ** 20);
    const started = performance.now();
    expect((await engine.tokenize(model.id, text)).id.length).toBe(2 ** 20 + 1);
    const whole = performance.now() - started;
    const controller = new AbortController();
    const cancelled = engine.tokenize(model.id, text, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(cancelled).rejects.toThrow(EngineError);
    const next = performance.now();
    await engine.tokenize(model.id, "x");
    expect(performance.now() - next).toBeLessThan(Math.max(200, whole / 2));
  });
});
