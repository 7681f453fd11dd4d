/** A text that comes in pieces has the numbers of a text at hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, ScoringModel } from "../../src/engine/engine";
import { loadToScore } from "../../src/jobs/scoring/loadToScore";
import { measureStream } from "../../src/jobs/scoring/measureStream";
import { scoreText } from "../../src/jobs/scoring/scoreText";
import type { ScoredPart } from "../../src/jobs/scoring/columnsAfter";
import { scoreTextAfter } from "../../src/jobs/scoring/textAfter";
import { TextStream } from "../../src/jobs/scoring/textStream";
import type { WindowSettings } from "../../src/protocol/scores";
import type { Role } from "../../src/protocol/roles";
import { measureText } from "../../src/report/measures";
import { LOAD, startTestEngine } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

const LINE =
  "Once upon a time, the king went  home \u2581 [[twin]]the wolf\u2014“you”\0\x01 ж 你 🎉 ZQ\r\n\n\t42 end ";
const TEXT = Array.from({ length: 30 }, (_, i) => `${LINE}${" ".repeat(i % 7)}${i}\n`).join("");

const STRIDED: WindowSettings = {
  mode: "strided",
  window: 96,
  stride: 40,
  maxWindows: 0,
  bos: "auto",
};

const CONDITIONS: readonly (readonly [string, WindowSettings])[] = [
  ["strided", STRIDED],
  ["strided, without BOS", { ...STRIDED, bos: "off" }],
  ["the first three windows", { ...STRIDED, maxWindows: 3 }],
  ["as llama.cpp's perplexity", { ...STRIDED, mode: "llama.cpp-compatible", window: 64 }],
];

const VOCABULARIES: readonly (readonly [string, ModelOptions["vocabulary"]])[] = [
  ["spm", { kind: "spm", addBos: true }],
  ["byte", { kind: "byte", addBos: false }],
];

function load(
  name: string,
  vocabulary: ModelOptions["vocabulary"],
  seed = 1,
): Promise<ScoringModel> {
  const path = testModel({ name: `stream-${name}`, vocabulary, layers: 1, seed });
  return loadToScore(engine, withoutAdapter(path), { ...LOAD, window: 96 });
}

/** The text cut at a fixed length, characters of two units and line ends included. */
async function* piecesOf(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
  await Promise.resolve();
}

describe.each(VOCABULARIES)("the vocabulary %s", (name, vocabulary) => {
  it.each(CONDITIONS)("%s", async (_, settings) => {
    const distribution = { topK: 0 };
    const model = await load(name, vocabulary);
    const whole = await scoreText({ engine, model, text: TEXT, settings, distribution });
    const parts: ScoredPart[] = [];
    const stream = await TextStream.start({
      hold: () => Promise.resolve({ engine, model }),
      settings,
      distribution,
      onPart: (part) => parts.push(part),
      pieceLength: 50,
    });
    for await (const piece of piecesOf(TEXT, 37)) await stream.add(piece);
    await stream.end();
    expect(stream.settings).toEqual(whole.settings);
    for (const column of ["id", "start", "endExclusive", "flags", "logProbability"] as const) {
      const joined = parts.flatMap(({ columns }) => [...columns[column]]);
      expect(joined, column).toEqual([...whole.columns[column]]);
    }
    const ranks = parts.flatMap(({ columns }) => [...columns.distribution!.rank]);
    expect(ranks).toEqual([...whole.columns.distribution!.rank]);
    expect(parts.reduce((sum, { columns }) => sum + columns.withoutToken, 0)).toBe(
      whole.columns.withoutToken,
    );
    for (const { text, textStart } of parts)
      expect(TEXT.slice(textStart, textStart + text.length)).toBe(text);
    expect(parts.length).toBeGreaterThan(3);
  });
});

describe.each(VOCABULARIES)("after a context, the vocabulary %s", (name, vocabulary) => {
  it.each([
    ["of some windows", STRIDED, 700],
    ["that ends inside a word and a piece", STRIDED, 49],
    ["as llama.cpp's perplexity", { ...STRIDED, mode: "llama.cpp-compatible", window: 64 }, 300],
  ] as const)("%s, is the end of both", async (_, settings, length) => {
    const model = await load(name, vocabulary);
    const [context, text] = [TEXT.slice(0, length), TEXT.slice(length)];
    const read = { engine, model, text, context, settings, distribution: null };
    const { columns } = await scoreTextAfter(read);
    const parts: ScoredPart[] = [];
    const stream = await TextStream.start({
      hold: () => Promise.resolve({ engine, model }),
      context,
      settings,
      distribution: null,
      onPart: (part) => parts.push(part),
      pieceLength: 50,
    });
    for await (const piece of piecesOf(text, 37)) await stream.add(piece);
    await stream.end();
    for (const column of ["id", "start", "endExclusive", "logProbability"] as const) {
      const joined = parts.flatMap((part) => [...part.columns[column]]);
      expect(joined, column).toEqual([...columns[column]]);
    }
    expect(parts.reduce((sum, part) => sum + part.columns.withoutToken, 0)).toBe(
      columns.withoutToken,
    );
    for (const part of parts)
      expect(text.slice(part.textStart, part.textStart + part.text.length)).toBe(part.text);
  });
});

describe("measuring in one pass", () => {
  it.each([
    ["side by side", true, "spm", { topK: 0 }],
    ["in turns", false, "spm", { topK: 0 }],
    ["with other tokens", true, "byte", { topK: 0 }],
    ["without distributions", true, "spm", null],
  ] as const)("two models %s is measuring what they scored", async (...condition) => {
    const [, together, kind, distribution] = condition;
    const models = {
      base: await load("base", { kind: "spm", addBos: true }),
      rlhf: await load(`rlhf-${kind}`, { kind, addBos: true }, 2),
    };
    const [base, rlhf] = await Promise.all(
      [models.base, models.rlhf].map((model) =>
        scoreText({ engine, model, text: TEXT, settings: STRIDED, distribution }),
      ),
    );
    const used: Role[] = [];
    const found = await measureStream({
      name: "text",
      text: piecesOf(TEXT, 1000),
      models: {
        roles: ["base", "rlhf"],
        together,
        hold(role) {
          used.push(role);
          return Promise.resolve({ engine, model: models[role] });
        },
      },
      settings: STRIDED,
      distribution,
      onFailure(_role, error) {
        throw error;
      },
    });
    expect(found).toEqual(measureText("text", TEXT, base!, rlhf!));
    expect(found.base?.sharpness === null).toBe(distribution === null);
    expect(found.comparison?.paired).not.toBeNull();
    expect(new Set(used)).toEqual(new Set(["base", "rlhf"]));
  });

  it("goes on with one model where the other fails", async () => {
    const model = await load("base", { kind: "spm", addBos: true });
    const failed: Role[] = [];
    const found = await measureStream({
      name: "text",
      text: piecesOf(TEXT, 1000),
      models: {
        roles: ["base", "rlhf"],
        together: true,
        hold: (role) =>
          Promise.resolve({ engine, model: role === "base" ? model : { ...model, id: 12_345 } }),
      },
      settings: STRIDED,
      distribution: null,
      onFailure: (role) => failed.push(role),
    });
    expect(failed).toEqual(["rlhf"]);
    expect(found).toMatchObject({ rlhf: null, comparison: null });
    expect(found.base?.surprisal.scoredTokens).toBe(found.base?.tokens);
  });
});
