import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import { createCache } from "../../src/server/scoring/cache";
import { createModelDigests } from "../../src/server/models/modelDigests";
import { createScoreStore, type StoredScores } from "../../src/server/scoring/scoreStore";
import { scoresOf } from "../support/scores";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import type { ModelFacts } from "../../src/protocol/scores";

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
  good = { original: scoresOf(rows, modelAt(withoutAdapter(model))), prefix: null, vocabulary };
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
  await expect.poll(() => store.has(withoutAdapter(model), key)).toBe(true);
}

/** The good scores with other columns. */
function withColumns(columns: Partial<StoredScores["original"]["columns"]>): StoredScores {
  const { original } = good;
  return { ...good, original: { ...original, columns: { ...original.columns, ...columns } } };
}

describe("scores on the disk", () => {
  it("come back whole", async () => {
    await keep(good);
    const read = await open().read(withoutAdapter(model), KEY);
    expect(read?.original.columns).toEqual(good.original.columns);
    expect(read?.vocabulary).toEqual(vocabulary);
    expect(logged).toEqual([]);
  });

  it("are those of the same model, wherever it lies now", async () => {
    await keep(good);
    const moved = join(folder, "moved.gguf");
    copyFileSync(model, moved);
    expect(await open().read(withoutAdapter(moved), KEY)).toBeNull();
    await digestsOf().of(modelAt(withoutAdapter(moved)));
    expect((await open().read(withoutAdapter(moved), KEY))?.original.model).toMatchObject(
      modelAt(withoutAdapter(moved)),
    );
  });

  it("are another model's where it has an adapter, and where that is written anew", async () => {
    const adapter = join(folder, "prose.gguf");
    const chosen = { path: model, adapter };
    writeFileSync(adapter, "prose");
    await keep(good);
    await digestsOf().of(modelAt(chosen));
    expect(await open().read(chosen, KEY)).toBeNull();
    open().write(KEY, {
      ...good,
      original: { ...good.original, model: { ...good.original.model, ...modelAt(chosen) } },
    });
    await expect.poll(() => open().has(chosen, KEY)).toBe(true);
    expect((await open().read(chosen, KEY))?.original.model.adapter).toBe(adapter);
    expect((await open().read(withoutAdapter(model), KEY))?.original.model.adapter).toBeNull();
    writeFileSync(adapter, "other prose");
    expect(await open().has(chosen, KEY)).toBe(false);
  });

  it("say that an adapter was made of another model, though that was not known when they were made", async () => {
    const adapter = join(folder, "prose.gguf");
    writeFileSync(adapter, "prose");
    const own = await modelDigest(modelAt(withoutAdapter(model)));
    const isOfAnother = async (madeOf: string) => {
      const chosen = { path: model, adapter };
      const adapterFacts = { sha256: "", madeOf, isOfAnother: false };
      const facts = { ...good.original.model, ...modelAt(chosen), adapterFacts };
      const key = { ...KEY, parameters: madeOf };
      open().write(key, { ...good, original: { ...good.original, model: facts } });
      await expect.poll(() => open().has(chosen, key)).toBe(true);
      return (await open().read(chosen, key))?.original.model.adapterFacts?.isOfAnother;
    };
    expect(await isOfAnother(own)).toBe(false);
    expect(await isOfAnother("0".repeat(64))).toBe(true);
  });

  it("are dropped where a version without adapters wrote them", async () => {
    const { adapterFacts, ...facts } = good.original.model;
    expect(adapterFacts).toBeNull();
    await keep({ ...good, original: { ...good.original, model: facts as ModelFacts } });
    expect(await open().read(withoutAdapter(model), KEY)).toBeNull();
  });

  it("are not kept for the model that was written over theirs", async () => {
    const store = open();
    writeFileSync(model, "other weights");
    store.write(KEY, good);
    await expect.poll(() => logged.at(-1)).toContain("has changed since it was loaded");
    await digestsOf().of(modelAt(withoutAdapter(model)));
    expect(await open().has(withoutAdapter(model), KEY)).toBe(false);
  });

  it("come back without distributions that nobody measured", async () => {
    await keep(withColumns({ distribution: null }));
    expect(
      (await open().read(withoutAdapter(model), KEY))?.original.columns.distribution,
    ).toBeNull();
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
      expect(await open().read(withoutAdapter(model), KEY)).toBeNull();
      expect(entries()).toHaveLength(before - 1);
    }
    expect(logged).toHaveLength(9);
  });

  it("are dropped with a vocabulary that is none", async () => {
    const offsets = Uint32Array.of(0, 9, 7);
    await keep({ ...good, vocabulary: { ...vocabulary, offsets } });
    expect(await open().read(withoutAdapter(model), KEY)).toBeNull();
  });

  it("are not taken for those of another text, whatever name their file has", async () => {
    await keep(good);
    const own = entries();
    const other = { ...KEY, text: "six ten" };
    await keep(good, other);
    const [added] = entries().filter((name) => !own.includes(name));
    for (const name of own) copyFileSync(join(cacheFolder(), name), join(cacheFolder(), added!));
    expect(await open().read(withoutAdapter(model), other)).toBeNull();
    expect(logged.at(-1)).toContain("another key");
  });
});
