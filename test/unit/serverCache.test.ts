import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheKey, createCache } from "../../src/server/scoring/cache";
import { modelAt, modelDigest, modelFiles } from "../../src/engine/modelFiles";
import { createModelDigests } from "../../src/server/models/modelDigests";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

let folder: string;
const logged: string[] = [];
const log = (message: string) => void logged.push(message);
const files = () => readdirSync(folder).filter((name) => name.endsWith(".scores"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-cache-"));
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the cache", () => {
  it("gives back what was written, typed arrays and all, to the next process too", async () => {
    const value = {
      name: "x",
      columns: { p: new Float64Array([-1, NaN]), id: new Int32Array([3]) },
    };
    await createCache(folder, 1e6, log).write("a", value);
    expect(await createCache(folder, 1e6, log).read("a")).toEqual(value);
    expect(await createCache(folder, 1e6, log).read("b")).toBeUndefined();
  });

  it("drops what was used longest ago when it is full", async () => {
    const cache = createCache(folder, 3500, log);
    const kilobyte = new Uint8Array(1000);
    for (const key of ["a", "b", "c"]) await cache.write(key, kilobyte);
    for (const [i, key] of ["a", "b", "c"].entries())
      utimesSync(join(folder, `${key}.scores`), i, i);
    await cache.read("a");
    await cache.write("d", kilobyte);
    expect(files().sort()).toEqual(["a.scores", "c.scores", "d.scores"]);
  });

  it("does not take what is larger than all of it", async () => {
    const cache = createCache(folder, 500, log);
    await cache.write("a", new Uint8Array(1000));
    expect(files()).toEqual([]);
  });

  it("drops a file that is damaged, wherever the damage is", async () => {
    const cache = createCache(folder, 1e6, log);
    await cache.write("a", { p: new Float64Array(100) });
    const path = join(folder, "a.scores");
    const whole = readFileSync(path);
    for (const damaged of [
      Buffer.alloc(0),
      whole.subarray(0, 10),
      whole.subarray(0, whole.length - 1),
      Buffer.concat([whole.subarray(0, 60), Buffer.from([255]), whole.subarray(61)]),
      Buffer.from("text"),
    ]) {
      writeFileSync(path, damaged);
      expect(await cache.read("a")).toBeUndefined();
      expect(files()).toEqual([]);
    }
    expect(logged).toHaveLength(5);
  });

  it("is an empty one where nothing can be written", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    const cache = createCache(path, 1e6, log);
    await cache.write("a", 1);
    expect(await cache.read("a")).toBeUndefined();
    expect(await cache.has("a")).toBe(false);
    expect(logged.length).toBeGreaterThan(0);
  });

  it("keeps nothing without a folder or without a size", async () => {
    for (const cache of [createCache(null, 1e6, log), createCache(folder, 0, log)]) {
      await cache.write("a", 1);
      expect(await cache.read("a")).toBeUndefined();
    }
    expect(files()).toEqual([]);
  });

  it("has other keys for other parameters", () => {
    const keys = [cacheKey("a", 1), cacheKey("a", "1"), cacheKey("a1"), cacheKey("a", [1])];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("digests of model files", () => {
  it("are read once, and again after a change", async () => {
    const path = join(folder, "model.gguf");
    const cache = createCache(join(folder, "cache"), 1e6, log);
    const digests = createModelDigests(() => cache);
    writeFileSync(path, "abc");
    const model = modelAt(withoutAdapter(path));
    expect(await digests.known(model)).toBeNull();
    // FIPS 180-2, appendix B.1.
    const ofAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await digests.of(model)).toBe(ofAbc);
    expect(await createModelDigests(() => cache).known(model)).toBe(ofAbc);
    writeFileSync(path, "abcd");
    expect(await digests.known(model)).toBe(ofAbc);
    expect(await digests.known(modelAt(withoutAdapter(path)))).toBeNull();
    expect(await digests.of(modelAt(withoutAdapter(path)))).not.toBe(ofAbc);
  });

  it("are told of once they are known", async () => {
    const [path, adapter] = [join(folder, "model.gguf"), join(folder, "adapter.gguf")];
    writeFileSync(path, "ab");
    writeFileSync(adapter, "c");
    const cache = createCache(join(folder, "cache"), 1e6, log);
    const bare = modelAt(withoutAdapter(path));
    const found: Promise<string | null>[] = [];
    const digests = createModelDigests(
      () => cache,
      () => void found.push(digests.known(bare)),
    );
    await digests.of(modelAt({ path, adapter }));
    await digests.of(modelAt({ path, adapter }));
    expect(await Promise.all(found)).toEqual([await modelDigest(bare)]);
  });

  it("are not those of a file that was written over the model's", async () => {
    const path = join(folder, "model.gguf");
    writeFileSync(path, "abc");
    const model = modelAt(withoutAdapter(path));
    writeFileSync(path, "abcd");
    const digests = createModelDigests(() => createCache(null, 0, log));
    await expect(digests.of(model)).rejects.toThrow("has changed since it was loaded");
  });

  it("cover an adapter, and are known of its model then as well", async () => {
    const [path, adapter] = [join(folder, "model.gguf"), join(folder, "adapter.gguf")];
    writeFileSync(path, "ab");
    writeFileSync(adapter, "c");
    writeFileSync(join(folder, "whole.gguf"), "abc");
    const cache = createCache(join(folder, "cache"), 1e6, log);
    const digests = createModelDigests(() => cache);
    const whole = modelAt(withoutAdapter(join(folder, "whole.gguf")));
    expect(await digests.of(modelAt({ path, adapter }))).toBe(await digests.of(whole));
    const bare = await digests.known(modelAt(withoutAdapter(path)));
    expect(bare).toBe(await modelDigest(modelAt(withoutAdapter(path))));
    writeFileSync(adapter, "of another size");
    expect(await digests.known(modelAt({ path, adapter }))).toBeNull();
  });

  it("cover all files of a split model", async () => {
    const path = (i: number) => join(folder, `m-0000${i}-of-00002.gguf`);
    writeFileSync(path(1), "ab");
    writeFileSync(path(2), "c");
    writeFileSync(join(folder, "whole.gguf"), "abc");
    expect(modelFiles(path(1))).toEqual([path(1), path(2)]);
    const digests = createModelDigests(() => createCache(null, 0, log));
    const whole = modelAt(withoutAdapter(join(folder, "whole.gguf")));
    expect(await digests.of(modelAt(withoutAdapter(path(1))))).toBe(await digests.of(whole));
  });
});
