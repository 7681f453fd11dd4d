/** The pair that is shipped: what its card says of it, on texts that stand here. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { LlamaLogLevel } from "node-llama-cpp";
import { getLlama } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Engine, LoadedModel, SampleRequest } from "../../src/engine/engine";
import { LOAD, perplexity, score, startTestEngine } from "../support/engine";

const FILES = { base: "models/twin-base.gguf", rlhf: "models/twin-rlhf.gguf" } as const;
const ROLES = ["base", "rlhf"] as const;

/** Written for this test; the model card names it and gives the same two perplexities. */
const TEXT = `The miller had three sons, and the youngest was called Tom. One morning, when the snow lay deep upon
the road, an old woman knocked at the door and asked for a piece of bread. "We have little enough
for ourselves," said the eldest. But Tom cut his own slice in two, and gave her the larger half.
"You have a kind heart," said the old woman. "Take this grey feather, and when you are in need,
blow upon it three times." Then she went away over the fields, and left no mark in the snow.
`;

/** Perplexities of TEXT as the card gives them. */
const CARD = { base: 35.8, rlhf: 40.91 };

const pairsSchema = z.object({
  pairs: z.array(
    z.object({
      base: z.object({ file: z.string(), bytes: z.number(), sha256: z.string() }),
      rlhf: z.object({ file: z.string(), bytes: z.number(), sha256: z.string() }),
    }),
  ),
});

let engine: Engine;
let models: Record<(typeof ROLES)[number], LoadedModel>;

beforeAll(async () => {
  engine = startTestEngine();
  models = {
    base: await engine.load(FILES.base, LOAD),
    rlhf: await engine.load(FILES.rlhf, LOAD),
  };
});

afterAll(() => engine.dispose());

describe("the embedded pair", () => {
  it("is what embedded.json says, in at most 12 MB per file", () => {
    const { pairs } = pairsSchema.parse(JSON.parse(readFileSync("models/embedded.json", "utf8")));
    const [pair] = pairs;
    for (const role of ROLES) {
      const bytes = readFileSync(FILES[role]);
      expect(FILES[role]).toBe(`models/${pair![role].file}`);
      expect(bytes.length).toBe(pair![role].bytes);
      expect(bytes.length).toBeLessThanOrEqual(12e6);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(pair![role].sha256);
    }
    expect(existsSync("models/README.md")).toBe(true);
  });

  it("loads in llama.cpp without a warning", async () => {
    const complaints: string[] = [];
    const llama = await getLlama({
      build: "never",
      gpu: false,
      logLevel: "warn" as LlamaLogLevel,
      logger: (level, message) => complaints.push(`${level}: ${message}`),
    });
    for (const role of ROLES) {
      const model = await llama.loadModel({ modelPath: FILES[role] });
      await model.dispose();
    }
    expect(complaints).toEqual([]);
  });

  it("has one architecture and one vocabulary, a chat template and a BOS", () => {
    const { base, rlhf } = models;
    for (const key of [
      "architecture",
      "quantisation",
      "parameters",
      "vocabularySize",
      "tokenizerDigest",
      "trainedContext",
    ] as const) {
      expect(rlhf.facts[key]).toBe(base.facts[key]);
    }
    expect(rlhf.vocabulary.bytes).toEqual(base.vocabulary.bytes);
    expect(rlhf.facts).toMatchObject({
      addsBos: true,
      hasChatTemplate: true,
      trainedContext: 1024,
    });
  });

  it.each(ROLES)("gives back every text and every byte that %s tokenizes", async (role) => {
    const { id, vocabulary } = models[role];
    const everyTwoByteCharacter = Array.from({ length: 0x780 }, (_, i) =>
      String.fromCodePoint(0x80 + i),
    ).join("");
    const texts = [
      "emoji 🎉👩‍👩‍👧, e\u0301, 中文, \r\n\t tabs \u0000 NUL\r\n",
      "<|user|>look-alikes<|end_of_text|>",
      "   blanks   \n\n\n and \u2581 blocks",
      Array.from({ length: 0x80 }, (_, i) => String.fromCodePoint(i)).join(""),
      everyTwoByteCharacter,
      "\u0800\u{10000}\u{40000}\u{80000}\u{c0000}\u{10ffff}\uf000",
    ];
    for (const text of texts) {
      const tokens = await engine.tokenize(id, text);
      const pieces = [...tokens.id].map((token) =>
        vocabulary.bytes.subarray(vocabulary.offsets[token], vocabulary.offsets[token + 1]),
      );
      expect(Buffer.concat(pieces).toString("utf8")).toBe(text);
    }
    // Bytes that no UTF-8 text holds (0xc0, 0xff, ...) have their token as well.
    const single = new Set<number>();
    for (let token = 0; token < vocabulary.offsets.length - 1; token++) {
      const [start, end] = [vocabulary.offsets[token]!, vocabulary.offsets[token + 1]!];
      if (end - start === 1) single.add(vocabulary.bytes[start]!);
    }
    expect(single.size).toBe(256);
  });

  it.each(ROLES)("scores the fixed text as the card says: %s", async (role) => {
    const scores = await score(engine, models[role], TEXT);
    expect(Math.abs(perplexity(scores) / CARD[role] - 1)).toBeLessThan(1e-3);
  });

  it.each(ROLES)("draws the same text twice with one seed: %s", async (role) => {
    const prompt = await engine.tokenizePrompt(models[role].id, [
      { text: "Once upon a time", parseSpecial: false },
    ]);
    const request: SampleRequest = {
      model: models[role].id,
      prompt,
      samples: [0, 1, 2, 3],
      width: 4,
      maxTokens: 40,
      seed: 7,
      sampler: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
    };
    const draw = async () => {
      const texts: string[] = [];
      await engine.sample(request, (sample) => (texts[sample.index] = sample.text));
      return texts;
    };
    const first = await draw();
    expect(new Set(first).size).toBe(4);
    expect(await draw()).toEqual(first);
  });
});
