/** What is read, divided and cut of texts before a model is adapted, on a model with a real tokenizer. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedModel } from "../../src/engine/engine";
import type { EngineError } from "../../src/engine/errors";
import type { TrainingPiece } from "../../src/engine/training";
import {
  type AdaptationPlan,
  planAdaptation,
  type PlanRequest,
} from "../../src/jobs/adaptation/planAdaptation";
import type { AdaptationSettings } from "../../src/jobs/adaptation/settings";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";

const engine = startTestEngine();
afterAll(() => engine.dispose());
let model: LoadedModel;
let withoutBos: LoadedModel;
beforeAll(async () => {
  model = await engine.load(testModel(), LOAD);
  const vocabulary = { kind: "byte", addBos: false } as const;
  withoutBos = await engine.load(testModel({ name: "without-bos", vocabulary }), LOAD);
});

const SETTINGS: AdaptationSettings = {
  weights: { rank: 2, alpha: 4 },
  learningRate: 1e-3,
  weightDecay: 0,
  steps: 4,
  windowsPerStep: 2,
  window: 16,
  interval: 2,
  seed: 3,
};

interface Given extends Partial<PlanRequest> {
  readonly texts: Iterable<string>;
}

function plan({ texts, ...given }: Given): Promise<AdaptationPlan> {
  return planAdaptation({
    engine,
    model,
    documents: documentsOf(texts),
    settings: SETTINGS,
    listener: { onRead: () => undefined, onFault: () => undefined },
    signal: new AbortController().signal,
    ...given,
  });
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* documentsOf(texts: Iterable<string>) {
  let number = 1;
  for (const text of texts) yield { id: `texts.txt#${number++}`, text };
}

const tales = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `In tale ${i} the ferry left the pier at ${i} past nine.`,
  );

describe("a plan", () => {
  it("has the steps that were asked for, and the parts of all documents", async () => {
    const { steps, texts, length, choose, report } = await plan({ texts: tales(20) });
    expect(length).toBe(16);
    expect(steps.map((windows) => windows.length)).toEqual([2, 2, 2, 2]);
    expect(texts).toMatchObject({
      train: { documents: 16 },
      choose: { documents: 2 },
      report: { documents: 2 },
      leftOut: { duplicates: 0, short: 0, faulty: 0 },
    });
    const pieces = [...steps.flat().flatMap((window) => window.pieces), ...choose.pieces];
    for (const { tokens } of [...pieces, ...report.pieces]) {
      expect(tokens[0]).toBe(model.vocabulary.bos);
      expect(tokens.length).toBeLessThanOrEqual(17);
    }
  });

  it("keeps no document's pieces in two parts, be it there twice", async () => {
    const texts = tales(15).flatMap((text) => [text, `${text}\n`]);
    const { texts: found, ...parts } = await plan({ texts, settings: { ...SETTINGS, steps: 50 } });
    expect(found.leftOut.duplicates).toBe(15);
    const spelled = (pieces: readonly TrainingPiece[]) =>
      pieces.map(({ tokens }) => String(tokens));
    const trained = new Set(spelled(parts.steps.flat().flatMap(({ pieces }) => pieces)));
    // Each tale's number stands in its first piece.
    const held = [parts.choose, parts.report].flatMap(({ pieces, documents }) =>
      spelled(pieces.slice(0, documents)),
    );
    expect(held.length).toBe(new Set(held).size);
    expect(held.filter((piece) => trained.has(piece))).toEqual([]);
  });

  it("begins a later piece with the token before it where there is no BOS", async () => {
    const { choose } = await plan({ texts: tales(3), model: withoutBos });
    const [first, second] = choose.pieces;
    expect(choose.documents).toBe(1);
    expect(second!.tokens[0]).toBe(first!.tokens.at(-1));
  });

  it("is the same for models that tokenize alike", async () => {
    const twin = await engine.load(testModel({ name: "twin", seed: 9 }), LOAD);
    expect(await plan({ texts: tales(20), model: twin })).toEqual(await plan({ texts: tales(20) }));
  });

  it("stops reading once there is enough", async () => {
    let read = 0;
    const fractions: number[] = [];
    const endless = (function* () {
      for (;;) yield `Tale ${read++} is one of many, of which nobody knows the end. `.repeat(20);
    })();
    const listener = { onRead: (fraction: number) => fractions.push(fraction), onFault: () => 0 };
    const { texts } = await plan({ texts: endless, listener });
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
    // Of long documents as many as an interval needs.
    expect(read).toBe(50);
    expect(texts.report.documents).toBe(5);
    expect(texts.train.epochs).toBeLessThan(1);
  });

  it("measures ten times, unless it would measure more than train", async () => {
    const intervalOf = async (steps: number, count: number) => {
      const settings = { ...SETTINGS, steps, interval: null };
      const { interval, choose, report } = await plan({ texts: tales(count), settings });
      return { interval, measured: choose.pieces.length + report.pieces.length };
    };
    expect((await intervalOf(1000, 20)).interval).toBe(100);
    const { interval, measured } = await intervalOf(20, 200);
    expect(interval).toBe(measured / 2);
  });

  it("has windows of the trained context where that is shorter than the default", async () => {
    const short = await engine.load(testModel({ name: "short", context: 32 }), LOAD);
    const settings = { ...SETTINGS, window: null };
    expect(await plan({ texts: tales(3), model: short, settings })).toMatchObject({ length: 32 });
  });
});

describe("texts that can't be planned with", () => {
  it.each([
    ["too few", tales(2), "there are 2."],
    [
      "the same",
      [tales(1)[0]!, tales(1)[0]!, "", tales(2)[1]!],
      /there are 2, without 1 the same .*, 1 too short/,
    ],
    ["none", [], "there are 0."],
  ])("%s", async (_, texts, message) => {
    const error: unknown = await plan({ texts }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "TextTooShort" });
    expect((error as EngineError).message).toMatch(message);
  });

  it("windows beyond the trained context", async () => {
    const settings = { ...SETTINGS, window: 1024 };
    await expect(plan({ texts: tales(3), settings })).rejects.toMatchObject({
      code: "ContextTooSmall",
    });
  });
});
