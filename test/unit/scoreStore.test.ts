import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { modelAt } from "../../src/engine/modelFiles";
import { createCache } from "../../src/server/scoring/cache";
import { createModelDigests } from "../../src/server/models/modelDigests";
import { createScoreStore, type StoredScores } from "../../src/server/scoring/scoreStore";
import { scoresOf } from "../support/scores";

const TEXT = "one two";
const KEY = { text: TEXT, parameters: { window: 512 } };
const vocabulary: Vocabulary = {
  bytes: new TextEncoder().encode("one two"),
  offsets: Uint32Array.of(0, 3, 7),
  attributes: new Uint16Array(2),
  bos: null,
  endOfGeneration: [],
  addsSpacePrefix: false,
};

let folder: string;
let model: string;
let logged: string[];
/** As the model's file is now. */
let good: StoredScores;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-store-"));
  model = join(folder, "model.gguf");
  writeFileSync(model, "weights");
  const rows = [
    { text: "one", bits: 3 },
    { text: " two", bits: 5 },
  ];
  good = { original: scoresOf(rows, modelAt(model)), prefix: null, vocabulary };
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const cacheFolder = () => join(folder, "cache");
const entries = () => readdirSync(cacheFolder()).sort();

const log = (message: string) => void logged.push(message);
const cacheOf = () => createCache(cacheFolder(), 1e6, log);
const digestsOf = () => createModelDigests(cacheOf);
const open = () => createScoreStore(cacheOf, digestsOf(), log);

/** Writes scores in the background, and waits until they are there. */
async function keep(scores: StoredScores, key = KEY): Promise<void> {
  const store = open();
  store.write(key, scores);
  await expect.poll(() => store.has(model, key)).toBe(true);
}

/** The good scores with other columns. */
function withColumns(columns: Partial<StoredScores["original"]["columns"]>): StoredScores {
  const { original } = good;
  return { ...good, original: { ...original, columns: { ...original.columns, ...columns } } };
}

describe("scores on the disk", () => {
  it("come back whole", async () => {
    await keep(good);
    const read = await open().read(model, KEY);
    expect(read?.original.columns).toEqual(good.original.columns);
    expect(read?.vocabulary).toEqual(vocabulary);
    expect(logged).toEqual([]);
  });

  it("are those of the same model, wherever it lies now", async () => {
    await keep(good);
    const moved = join(folder, "moved.gguf");
    copyFileSync(model, moved);
    expect(await open().read(moved, KEY)).toBeNull();
    await digestsOf().of(modelAt(moved));
    expect((await open().read(moved, KEY))?.original.model).toMatchObject(modelAt(moved));
  });

  it("are not kept for the model that was written over theirs", async () => {
    const store = open();
    writeFileSync(model, "other weights");
    store.write(KEY, good);
    await expect.poll(() => logged.at(-1)).toContain("has changed since it was loaded");
    await digestsOf().of(modelAt(model));
    expect(await open().has(model, KEY)).toBe(false);
  });

  it("come back without distributions that nobody measured", async () => {
    await keep(withColumns({ distribution: null }));
    expect((await open().read(model, KEY))?.original.columns.distribution).toBeNull();
  });

  it("are dropped where they can't be scores of the text", async () => {
    const { columns } = good.original;
    for (const foreign of [
      withColumns({ distribution: { ...columns.distribution!, rank: new Uint32Array(1) } }),
      withColumns({ distribution: 3 as unknown as null }),
      withColumns({ logProbability: Float32Array.of(-1, -2) as unknown as Float64Array }),
      withColumns({ endExclusive: Uint32Array.of(3, 70) }),
      withColumns({ id: Int32Array.of(0, 2) }),
      withColumns({ count: 3 }),
      { ...good, original: { ...good.original, complete: false } },
      { ...good, original: { model: good.original.model } as StoredScores["original"] },
      { ...good, prefix: [1] as unknown as Int32Array },
    ]) {
      await keep(foreign);
      const before = entries().length;
      expect(await open().read(model, KEY)).toBeNull();
      expect(entries()).toHaveLength(before - 1);
    }
    expect(logged).toHaveLength(9);
  });

  it("are dropped with a vocabulary that is none", async () => {
    const offsets = Uint32Array.of(0, 9, 7);
    await keep({ ...good, vocabulary: { ...vocabulary, offsets } });
    expect(await open().read(model, KEY)).toBeNull();
  });

  it("are not taken for those of another text, whatever name their file has", async () => {
    await keep(good);
    const own = entries();
    const other = { ...KEY, text: "six ten" };
    await keep(good, other);
    const [added] = entries().filter((name) => !own.includes(name));
    for (const name of own) copyFileSync(join(cacheFolder(), name), join(cacheFolder(), added!));
    expect(await open().read(model, other)).toBeNull();
    expect(logged.at(-1)).toContain("another key");
  });
});
