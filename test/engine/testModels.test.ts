import type { LlamaLogLevel, LlamaModel } from "node-llama-cpp";
import { getLlama } from "node-llama-cpp";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModelOptions } from "../support/models";
import { testModel } from "../support/models";
import { patience } from "../support/patience";
import { USER_DEFINED_TOKEN } from "../support/vocabularies";

/** The written files are judged by llama.cpp itself, through node-llama-cpp's own loader. */
let llama: Awaited<ReturnType<typeof getLlama>>;
const complaints: string[] = [];

beforeAll(async () => {
  llama = await getLlama({
    build: "never",
    gpu: false,
    logLevel: "warn" as LlamaLogLevel,
    logger: (level, message) => complaints.push(`${level}: ${message}`),
  });
});

async function load(options: Partial<ModelOptions>): Promise<LlamaModel> {
  complaints.length = 0;
  return llama.loadModel({ modelPath: testModel(options) });
}

describe("a written model", () => {
  const shapes: Record<string, Partial<ModelOptions>> = {
    "byte-level vocabulary": { name: "byte" },
    "byte-level vocabulary without BOS": {
      name: "byte-no-bos",
      vocabulary: { kind: "byte", addBos: false },
    },
    "SPM-style vocabulary": { name: "spm", vocabulary: { kind: "spm", addBos: true } },
    "half precision": { name: "half", type: "F16" },
    "Q8_0 and a filled-up vocabulary": {
      name: "filled",
      type: "Q8_0",
      vocabulary: { kind: "byte", addBos: true, size: 50_000 },
    },
  };

  it.each(Object.entries(shapes))("loads without a warning: %s", async (_, options) => {
    const model = await load(options);
    expect(complaints).toEqual([]);
    expect(model.trainContextSize).toBe(512);
    await model.dispose();
  });

  it.each(["byte", "spm"] as const)("gives back what a %s vocabulary tokenized", async (kind) => {
    const model = await load({ name: kind, vocabulary: { kind, addBos: true } });
    const text = "The little fox — “où est-il?” — said: 你好 🎀🎀 😀\r\n\tend";
    const tokens = model.tokenize(text, false, "trimLeadingSpace");
    expect(model.detokenize(tokens)).toBe(text);
    expect(tokens.length).toBeLessThan(Buffer.byteLength(text));
    await model.dispose();
  });

  it("matches the user-defined token in plain text, and no control token", async () => {
    const model = await load({ name: "byte" });
    expect(model.tokenize(USER_DEFINED_TOKEN)).toHaveLength(1);
    expect(model.tokenize("<|user|>").length).toBeGreaterThan(1);
    expect(model.tokenize("<|user|>", true)).toHaveLength(1);
    await model.dispose();
  });
});

describe("a broken model", () => {
  const faults: Record<string, Partial<ModelOptions>> = {
    "unknown architecture": { architecture: "nonesuch" },
    "missing tensor": { omit: ["blk.1.ffn_down.weight"] },
    truncated: { truncateTo: 0.5 },
    "truncated in its header": { truncateTo: 0.01 },
  };

  it.each(Object.entries(faults))("is refused by llama.cpp: %s", async (name, options) => {
    await expect(load({ ...options, name: name.replaceAll(" ", "-") })).rejects.toThrow();
    // The log arrives later than the refusal.
    await expect.poll(() => complaints.length, { timeout: patience(10_000) }).toBeGreaterThan(0);
  });

  it("may load and be no use here: an encoder, a tokenizer that rewrites text", async () => {
    const encoder = await load({
      name: "encoder",
      architecture: "bert",
      vocabulary: { kind: "bert" },
    });
    expect(encoder.fileInfo.metadata.general.architecture).toBe("bert");
    await encoder.dispose();
    const wordPiece = await load({ name: "word-piece", vocabulary: { kind: "bert" } });
    expect(wordPiece.vocabularyType).toBe("wpm");
    await wordPiece.dispose();
  });
});
