import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { availableMemory } from "../../src/engine/freeMemory";
import type { RunSide } from "../../src/formats/run";
import { drawRole } from "../../src/jobs/runs/draw";
import { type DrawSettings, RAW_FRAME, samplersOf, TOP_P } from "../../src/jobs/runs/settings";
import { PLAIN_CHAT } from "../support/chat";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";

let engine: Engine;
let model: LoadedModel;

beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel(), LOAD);
});
afterAll(() => engine.dispose());

const SETTINGS: DrawSettings = {
  samples: 4,
  seed: 1,
  width: 16,
  maxTokens: 8,
  baseFrame: RAW_FRAME,
  chat: PLAIN_CHAT,
  clock: 0,
  samplers: samplersOf({ temperature: 1, topK: 0, minP: 0 }, TOP_P),
};

function draw(model: LoadedModel, earlier: RunSide | null = null, samples = 4) {
  let hasStarted = false;
  const run = drawRole({
    engine,
    role: "base",
    model,
    sha256: null,
    prompt: "Once upon a time",
    settings: { ...SETTINGS, samples },
    earlier,
    onStart: () => (hasStarted = true),
  });
  return { run, hasStarted: () => hasStarted };
}

describe("the memory of samples that are drawn at once", () => {
  it("is refused before anything is drawn where memory does not, with what to do", async () => {
    // Nine sequences of at least eight tokens.
    const large = { ...model, keyValueBytesPerToken: availableMemory() / 72 };
    const { run, hasStarted } = draw(large);
    await expect(run).rejects.toMatchObject({
      code: "OutOfMemory",
      message: expect.stringMatching(
        /Drawing up to 8 samples .* [MG]B are free\. Close .* new run/,
      ) as string,
    });
    expect(hasStarted()).toBe(false);
    const onGpu = { ...large, facts: { ...large.facts, device: "CUDA" } };
    expect((await draw(onGpu).run).samples).toHaveLength(4);
  });

  it("is not needed where nothing is left to draw", async () => {
    const done = await draw(model).run;
    const large = { ...model, keyValueBytesPerToken: availableMemory() };
    expect((await draw(large, done).run).samples).toHaveLength(4);
  });

  it("counts as far as there are samples left to draw", async () => {
    const begun = await draw(model, null, 9).run;
    const prompt = await engine.tokenizePrompt(model.id, [
      { text: "Once upon a time", parseSpecial: false },
    ]);
    // Nine sequences take three quarters of what is free; seventeen would need more than that.
    const tokens = prompt.length + SETTINGS.maxTokens;
    const large = { ...model, keyValueBytesPerToken: availableMemory() / (12 * tokens) };
    expect((await draw(large, begun, 10).run).samples).toHaveLength(10);
    await expect(draw(large, null, 9).run).rejects.toMatchObject({ code: "OutOfMemory" });
  });
});
