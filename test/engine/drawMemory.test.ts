import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { availableMemory } from "../../src/engine/llama/memory";
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

/** Width 3 is the run's own: the other model, or a machine with more memory, has chosen it. */
const SETTINGS: DrawSettings = {
  samples: 4,
  seed: 1,
  width: 3,
  maxTokens: 8,
  baseFrame: RAW_FRAME,
  chat: PLAIN_CHAT,
  clock: 0,
  samplers: samplersOf({ temperature: 1, topK: 0, minP: 0 }, TOP_P),
};

function draw(model: LoadedModel, earlier: RunSide | null = null, samples = 4) {
  const widths: number[] = [];
  const run = drawRole({
    engine,
    role: "base",
    model,
    sha256: null,
    prompt: "Once upon a time",
    settings: { ...SETTINGS, samples },
    earlier,
    onStart: (_, width) => widths.push(width),
  });
  return { run, widths };
}

describe("a run's width", () => {
  it("stays what it is where memory holds it", async () => {
    const { run, widths } = draw(model);
    expect((await run).samples).toHaveLength(4);
    expect(widths).toEqual([3]);
  });

  it("is refused before anything is drawn where memory does not, with what to do", async () => {
    // Four sequences of at least eight tokens.
    const large = { ...model, keyValueBytesPerToken: availableMemory() / 32 };
    const { run, widths } = draw(large);
    await expect(run).rejects.toMatchObject({
      code: "OutOfMemory",
      message: expect.stringMatching(
        /Drawing 3 samples .* GB are free\. Close .* new run/,
      ) as string,
    });
    expect(widths).toEqual([]);
    const onGpu = { ...large, facts: { ...large.facts, device: "CUDA" } };
    expect((await draw(onGpu).run).samples).toHaveLength(4);
  });

  it("needs no memory where nothing is left to draw", async () => {
    const done = await draw(model).run;
    const large = { ...model, keyValueBytesPerToken: availableMemory() };
    expect((await draw(large, done).run).samples).toHaveLength(4);
  });

  it("counts as far as there are samples left to draw", async () => {
    const begun = await draw(model).run;
    const prompt = await engine.tokenizePrompt(model.id, [
      { text: "Once upon a time", parseSpecial: false },
    ]);
    // Two sequences take two thirds of what is free; four would need more than that.
    const tokens = prompt.length + SETTINGS.maxTokens;
    const large = { ...model, keyValueBytesPerToken: availableMemory() / (3 * tokens) };
    expect((await draw(large, begun, 5).run).samples).toHaveLength(5);
    await expect(draw(large).run).rejects.toMatchObject({ code: "OutOfMemory" });
  });
});
