import { describe, expect, it } from "vitest";
import { adaptationText, adapterNameOf, gainText } from "../../src/host/adaptation/adaptationWords";
import type { AdaptedModel } from "../../src/protocol/adaptation";

const adapted: AdaptedModel = {
  model: "SmolLM2",
  chosenStep: 180,
  steps: 200,
  trained: { documents: 40, tokens: 12_345 },
  leftOut: [],
  report: {
    // e to them: 30.0 and 24.5.
    before: { loss: 3.4012, perplexity: 30 },
    after: { loss: 3.1987, perplexity: 24.5 },
    change: { value: -0.2025, low: -0.31, high: -0.1 },
    documents: 5,
  },
};
const withChange = (low: number | null, high: number | null) =>
  gainText({
    ...adapted,
    report: { ...adapted.report, change: { value: -0.2025, low, high } },
  });

describe("what adapting has gained", () => {
  it("is said in words, in numbers, and with its interval", () => {
    expect(gainText(adapted)).toBe(
      "SmolLM2 is adapted in 180 of 200 steps to 12,345 tokens of 40 documents. It predicts texts that were held out better: its loss goes from 3.401 to 3.199 nats per token (perplexity 30.0 to 24.5): −0.203 (95 %: −0.310 to −0.100, over 5 documents).",
    );
  });

  it("is not called more than it is", () => {
    expect(withChange(-0.3, 0.1)).toContain("can't be told from chance");
    expect(withChange(null, null)).toMatch(/\. On texts .*too few to tell/u);
    expect(withChange(0.1, 0.3)).toContain("held out worse");
    const none = gainText({ ...adapted, chosenStep: 0 });
    expect(none).toMatch(/^SmolLM2 was not adapted: .* nothing was written/u);
  });

  it("names what was left out", () => {
    const leftOut = ["2 the same as another one"];
    expect(gainText({ ...adapted, leftOut })).toMatch(
      / Documents left out: 2 the same as another one\.$/u,
    );
  });
});

it.each([
  ["Loading the model, 40 %", { what: "Loading the model", fraction: 0.4, secondsLeft: null }],
  ["Starting", { what: "Starting", fraction: null, secondsLeft: null }],
  [
    "Step 40 of 200, loss 3.210 · about 11 min left",
    { what: "Step 40 of 200, loss 3.210", fraction: 0.2, secondsLeft: 660 },
  ],
])("a training reads %j", (text, progress) => {
  expect(adaptationText(progress)).toBe(text);
});

it.each([
  ["prose-base.gguf", ["/work/prose"]],
  ["a novel-base.gguf", ["/work/a novel.txt"]],
  ["prose-base.gguf", ["/work/prose/a.txt", "/work/prose/b.txt"]],
  ["texts-base.gguf", ["/"]],
  ["texts-base.gguf", ["/a.txt", "/b.txt"]],
])("an adapter is called %j", (name, texts) => {
  expect(adapterNameOf(texts, "base")).toBe(name);
});
