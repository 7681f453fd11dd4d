import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadError } from "../../src/engine/child/llama/loadError";
import { checkMemory } from "../../src/engine/child/llama/memory";
import { availableMemory } from "../../src/engine/freeMemory";
import { modelBytes } from "../../src/engine/modelFiles";
import { testModel } from "../support/models";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-memory-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the memory that a model needs", () => {
  it("is there for a small model with a usual window", async () => {
    await checkMemory(withoutAdapter(testModel()), 2048, false);
  });

  it("counts keys and values, however small the model is", async () => {
    const shape = { layers: 8, embedding: 512, feedForward: 64, heads: 4, kvHeads: 4 };
    const wide = testModel({ name: "wide-cache", ...shape, type: "Q8_0" });
    // Keys and values of a token, in 16 bits.
    const bytesPerToken = 2 * 2 * shape.layers * shape.embedding;
    const job = checkMemory(
      withoutAdapter(wide),
      Math.ceil(availableMemory() / bytesPerToken),
      false,
    );
    await expect(job).rejects.toMatchObject({ code: "OutOfMemory" });
  });

  it("counts every file of a split model", async () => {
    const [first, second] = [1, 2].map((part) => join(folder, `large-0000${part}-of-00002.gguf`));
    copyFileSync(testModel(), first!);
    // A hole takes no room on the disk. It is no part of a model, as reading the headers shows.
    writeFileSync(second!, "");
    truncateSync(second!, Math.ceil(availableMemory()));
    expect(modelBytes(first!)).toBeGreaterThan(availableMemory() / 2);
    await expect(checkMemory(withoutAdapter(first!), 2048, false)).rejects.toThrow();
  });

  it("is named after the GPU where that has too little, with the way round it", () => {
    const logged = "llama_model_load: error loading model: unable to allocate CUDA0 buffer";
    const [onGpu, onCpu] = ["NVIDIA H100", "CPU"].map((device) =>
      loadError(testModel(), logged, device),
    );
    expect([onGpu!.code, onCpu!.code]).toEqual(["OutOfMemory", "OutOfMemory"]);
    expect(onGpu!.message).toMatch(/NVIDIA H100.*--cpu/);
    expect(onCpu!.message).not.toContain("--cpu");
  });
});
