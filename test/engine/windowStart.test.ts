import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { TextScores } from "../../src/protocol/textScores";
import type { BosChoice } from "../../src/protocol/scores";
import { summarise } from "../../src/report/summary";
import { LOAD, score, startTestEngine, STRIDED } from "../support/engine";
import { testModel } from "../support/models";

const TEXT = "The fox went to the forest and asked the bird, which answered slowly.";
const WITH_BOS = { name: "start", likeEnglish: true, logitSpread: 0.6 };

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

describe("what stands before a text", () => {
  const scored = (model: LoadedModel, bos: BosChoice) =>
    score(engine, model, TEXT, { settings: { ...STRIDED, bos } });
  const bits = ({ columns }: TextScores) => Array.from(columns.logProbability);

  it("is what the vocabulary asks for, or what is chosen, and the same weights then agree", async () => {
    const asking = await engine.load(testModel(WITH_BOS), LOAD);
    const vocabulary = { kind: "byte", addBos: false } as const;
    const silent = await engine.load(testModel({ ...WITH_BOS, vocabulary }), LOAD);
    const [auto, on, off, eos] = [
      await scored(asking, "auto"),
      await scored(asking, "on"),
      await scored(asking, "off"),
      await scored(asking, "eos"),
    ];
    expect([auto, on, off, eos].map(({ settings }) => settings.bos)).toEqual([
      "on",
      "on",
      "off",
      "eos",
    ]);
    expect(bits(on)).toEqual(bits(auto));
    expect(bits(off)[0]).toBeNaN();
    expect(bits(eos)[0]).not.toBeNaN();
    expect(bits(eos)[1]).not.toBe(bits(on)[1]);

    const silentAuto = await scored(silent, "auto");
    expect(silentAuto.settings.bos).toBe("off");
    expect(bits(silentAuto)).toEqual(bits(off));
    expect(bits(await scored(silent, "on"))).toEqual(bits(on));

    // Without BOS one first token has no score: what is compared is the rest, and sign and size agree.
    const mixed = summarise(TEXT, auto, silentAuto, null, 1);
    expect(mixed).toMatchObject({ sameTokenizer: true, sameBos: false });
    expect(mixed.common!.baseTokens).toBe(auto.columns.count - 1);
    expect(mixed.increasePercent).toBeCloseTo((2 ** mixed.paired!.value - 1) * 100, 9);
    expect(mixed.cautions).toHaveLength(1);
    const chosen = summarise(TEXT, on, await scored(silent, "on"), null, 1);
    expect(chosen).toMatchObject({ sameBos: true, increasePercent: 0, cautions: [] });
  });

  it("is nothing where the vocabulary lacks the token", async () => {
    const vocabulary = { kind: "byte", addBos: false } as const;
    const model = await engine.load(testModel({ ...WITH_BOS, vocabulary }), LOAD);
    const { startTokens } = model;
    const scores = await scored({ ...model, startTokens: { ...startTokens, eos: null } }, "eos");
    expect(scores.settings.bos).toBe("off");
  });
});
