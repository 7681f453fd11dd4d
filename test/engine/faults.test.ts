import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { EngineError, type EngineErrorCode } from "../../src/engine/errors";
import { LOAD, score, startTestEngine, STRIDED } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";
import { enginesOf } from "../support/processes";
import { seededRandom } from "../../src/analysis/statistics/random";

let folder: string;
let engine: Engine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-faults-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  engine = startTestEngine();
});
afterEach(() => engine.dispose());

const file = (name: string) => join(folder, name);

async function codeOf(promise: Promise<unknown>): Promise<EngineErrorCode | "none"> {
  try {
    await promise;
    return "none";
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

/** The engine still works after a fault. */
async function expectAlive(): Promise<void> {
  const model = await engine.load(testModel(), LOAD);
  expect((await score(engine, model, "still there")).complete).toBe(true);
}

describe("files that are no models", () => {
  it("names an empty file, a text and a missing file", async () => {
    writeFileSync(file("empty.gguf"), "");
    writeFileSync(file("text.gguf"), "This is no model at all.\n".repeat(100));
    expect(await codeOf(engine.load(file("empty.gguf"), LOAD))).toBe("NotGguf");
    expect(await codeOf(engine.load(file("text.gguf"), LOAD))).toBe("NotGguf");
    expect(await codeOf(engine.load(file("missing.gguf"), LOAD))).toBe("FileVanished");
    expect(await codeOf(engine.load(folder, LOAD))).toBe("FileVanished");
    await expectAlive();
  });

  it("names a model that is cut off, wherever it is", async () => {
    const whole = readFileSync(testModel());
    for (const share of [0.001, 0.01, 0.1, 0.5, 0.99, 0.9999]) {
      writeFileSync(file("cut.gguf"), whole.subarray(0, Math.floor(whole.length * share)));
      expect(await codeOf(engine.load(file("cut.gguf"), LOAD))).toBe("Truncated");
    }
    await expectAlive();
  });

  it("names what it can't score: an encoder, a rewriting tokenizer, an unknown architecture", async () => {
    const bert = testModel({ name: "bert", architecture: "bert", vocabulary: { kind: "bert" } });
    const wordPiece = testModel({ name: "wordpiece", vocabulary: { kind: "bert" } });
    const unigram = testModel({ name: "unigram", vocabulary: { kind: "t5" } });
    const unknown = testModel({ name: "unknown", architecture: "tomorrow" });
    expect(await codeOf(engine.load(bert, LOAD))).toBe("EmbeddingOnly");
    expect(await codeOf(engine.load(wordPiece, LOAD))).toBe("UnsupportedTokenizer");
    expect(await codeOf(engine.load(unigram, LOAD))).toBe("UnsupportedTokenizer");
    expect(await codeOf(engine.load(unknown, LOAD))).toBe("UnsupportedArchitecture");
    // For a window this long node-llama-cpp estimates the memory first, and takes over llama.cpp's log.
    const wide = { ...LOAD, window: 8192 };
    expect(await codeOf(engine.load(unknown, wide))).toBe("UnsupportedArchitecture");
    const noBytes = testModel({
      name: "no-bytes",
      vocabulary: { kind: "spm", addBos: true, bytes: false },
    });
    expect(await codeOf(engine.load(noBytes, LOAD))).toBe("UnsupportedTokenizer");
    expect(
      await codeOf(
        engine.load(testModel({ name: "lacking", omit: ["blk.1.ffn_up.weight"] }), LOAD),
      ),
    ).toBe("LoadFailed");
    await expectAlive();
  });

  it("say why: what is missing or unknown in the file, by llama.cpp's own words", async () => {
    const reason = async (options: Partial<ModelOptions>) => {
      const path = testModel({ name: "reason", ...options });
      return engine.load(path, LOAD).then(
        () => "none",
        (error: Error) => error.message,
      );
    };
    expect(await reason({ omit: ["blk.1.ffn_up.weight"] })).toContain(
      "tensor 'blk.1.ffn_up.weight' not found",
    );
    expect(await reason({ metadata: { "llama.context_length": null } })).toContain(
      "key not found in model: llama.context_length",
    );
    const pre = { type: "string", value: "tomorrow" } as const;
    expect(await reason({ metadata: { "tokenizer.ggml.pre": pre } })).toContain(
      "unknown pre-tokenizer type: 'tomorrow'",
    );
  });

  it("say which part of a split model to choose, and which one is wrong", async () => {
    const part = (number: number, says = number) => {
      const metadata = {
        "split.no": { type: "u16", value: says },
        "split.count": { type: "u16", value: 2 },
      } as const;
      const path = file(`split-0000${number + 1}-of-00002.gguf`);
      copyFileSync(testModel({ name: "split", metadata }), path);
      return path;
    };
    const [first, second] = [part(0), part(1, 0)];
    await expect(engine.load(first, LOAD)).rejects.toMatchObject({ code: "Truncated" });
    expect(part(1)).toBe(second);
    await expect(engine.load(second, LOAD)).rejects.toMatchObject({
      code: "NotFirstPart",
      message: expect.stringContaining(
        "Choose the first of them, split-00001-of-00002.gguf",
      ) as string,
    });
  });

  it("that can't be read say so: links that lead to themselves, files without permission", async () => {
    symlinkSync(file("loop-b.gguf"), file("loop-a.gguf"));
    symlinkSync(file("loop-a.gguf"), file("loop-b.gguf"));
    await expect(engine.load(file("loop-a.gguf"), LOAD)).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringContaining("leads back to itself") as string,
    });
    copyFileSync(testModel(), file("private.gguf"));
    chmodSync(file("private.gguf"), 0);
    // Root may do everything.
    const expected = process.getuid?.() === 0 ? "none" : "FileUnreadable";
    expect(await codeOf(engine.load(file("private.gguf"), LOAD))).toBe(expected);
  });

  it("survives 200 damaged headers and tensor tables: each loads or gives a named error", async () => {
    const whole = readFileSync(testModel());
    const header = whole.indexOf("blk.1.ffn_down.weight") + 64;
    const random = seededRandom(20240702);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 200; i++) {
      const damaged = Buffer.from(whole);
      for (let change = 0; change < 1 + (i % 4); change++) {
        damaged[Math.floor(random() * header)] = Math.floor(random() * 256);
      }
      writeFileSync(file("damaged.gguf"), damaged);
      const code = await codeOf(
        engine.load(file("damaged.gguf"), { ...LOAD, window: 64 }).then((m) => engine.unload(m.id)),
      );
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (code === "EngineCrashed") {
        engine.dispose();
        engine = startTestEngine();
      }
    }
    expect([...outcomes.values()].reduce((a, b) => a + b)).toBe(200);
    expect(outcomes.size).toBeGreaterThan(2);
    await expectAlive();
  });

  it("keeps working when a loaded model's file vanishes, and names it at the next load", async () => {
    copyFileSync(testModel(), file("passing.gguf"));
    const model = await engine.load(file("passing.gguf"), LOAD);
    unlinkSync(file("passing.gguf"));
    expect((await score(engine, model, "in memory")).complete).toBe(true);
    await engine.unload(model.id);
    expect(await codeOf(engine.load(file("passing.gguf"), LOAD))).toBe("FileVanished");
    expect(await codeOf(engine.tokenize(model.id, "gone"))).toBe("FileVanished");
  });
});

describe("texts that are hard", () => {
  it("takes 50,000 emoji and binary rubbish", async () => {
    const model = await engine.load(testModel(), LOAD);
    const random = seededRandom(7);
    const rubbish = Array.from({ length: 20000 }, () => String.fromCharCode(random() * 65536)).join(
      "",
    );
    for (const text of ["🎉".repeat(50000), rubbish]) {
      const scores = await score(engine, model, text, { settings: { ...STRIDED, maxWindows: 2 } });
      expect(scores.columns.endExclusive.at(-1)).toBe(text.length);
      expect(scores.scoredRange.endExclusive).toBeGreaterThan(100);
    }
  });

  it("cancels a text of 5 MB, and is ready for the next", async () => {
    const model = await engine.load(testModel(), LOAD);
    const controller = new AbortController();
    const text = "All work and no play makes a dull model. ".repeat(125000);
    const scores = await score(engine, model, text, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(scores.complete).toBe(false);
    expect(scores.scoredRange.endExclusive).toBeGreaterThan(0);
    await expectAlive();
  });

  it("names a text too short for llama.cpp's perplexity and a window too small for a prompt", async () => {
    const model = await engine.load(testModel(), LOAD);
    const compatible = { ...STRIDED, mode: "llama.cpp-compatible", window: 512 } as const;
    expect(await codeOf(score(engine, model, "short", { settings: compatible }))).toBe(
      "TextTooShort",
    );
    const prefix = new Int32Array(600);
    expect(await codeOf(score(engine, model, "answer", { prefix }))).toBe("ContextTooSmall");
  });
});

describe("an engine that dies", () => {
  it("rejects what is under way, once, and a new one takes over", async () => {
    const model = await engine.load(testModel(), LOAD);
    let crashes = 0;
    const dying = startTestEngine();
    const loaded = await dying.load(testModel(), LOAD);
    const job = score(dying, loaded, "a long text ".repeat(20000), {
      onProgress: () => {
        if (crashes++ === 0) process.kill(enginesOf(process.pid).at(-1)!, "SIGKILL");
      },
    });
    expect(await codeOf(job)).toBe("EngineCrashed");
    expect(await codeOf(dying.tokenize(loaded.id, "x"))).toBe("EngineCrashed");
    expect((await score(engine, model, "the other one lives")).complete).toBe(true);
  });

  it("ends with its owner", async () => {
    await engine.load(testModel(), LOAD);
    const before = enginesOf(process.pid);
    engine.dispose();
    await expect.poll(() => enginesOf(process.pid).length).toBeLessThan(before.length);
  });
});
