import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { comparePair } from "../../src/server/models/comparePair";
import type { MetadataValue } from "../support/gguf";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

describe("a model's facts name what llama.cpp guesses of its tokenizer", () => {
  const number = (value: number): MetadataValue => ({ type: "u32", value });
  const files: [string, Record<string, MetadataValue | null>, string[]][] = [
    ["nothing", {}, []],
    ["the pre-tokenizer", { "tokenizer.ggml.pre": null }, ["noPreTokenizer"]],
    [
      "a BOS beyond the vocabulary",
      { "tokenizer.ggml.bos_token_id": number(999_999) },
      ["bosOutOfRange"],
    ],
    ["a BOS without a number", { "tokenizer.ggml.bos_token_id": null }, ["bosUnnamed"]],
  ];
  it.each(files)("%s", async (name, metadata, faults) => {
    const path = testModel({ name: `faults ${name}`.replaceAll(" ", "-"), metadata });
    const model = await engine.load(path, LOAD);
    expect(model.facts.tokenizerFaults).toEqual(faults);
    await engine.unload(model.id);
  });
});

describe("a pair of which only one model uses BOS", () => {
  it("tokenizes alike, and a caution says what differs", async () => {
    const base = testModel();
    const rlhf = testModel({ name: "no-bos", vocabulary: { kind: "byte", addBos: false } });
    const { signal } = new AbortController();
    const pair = { base: withoutAdapter(base), rlhf: withoutAdapter(rlhf) };
    const comparison = await comparePair(pair, startTestEngine, signal);
    expect(comparison).toMatchObject({ sameTokenizer: true, sameBos: false });
    expect(comparison.consequence).toContain(
      "Caution: Only the base model reads a text behind BOS",
    );
  });
});
