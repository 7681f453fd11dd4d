import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { createCache } from "../../src/server/scoring/cache";
import { createModelHashes } from "../../src/server/models/modelHash";
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
const good: StoredScores = {
  original: scoresOf([
    { text: "one", bits: 3 },
    { text: " two", bits: 5 },
  ]),
  prefix: null,
  vocabulary,
  file: null,
};

let folder: string;
let model: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-store-"));
  model = join(folder, "model.gguf");
  writeFileSync(model, "weights");
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const cacheFolder = () => join(folder, "cache");
const entries = () => readdirSync(cacheFolder()).sort();

function open() {
  const log = (message: string) => void logged.push(message);
  const cache = createCache(cacheFolder(), 1e6, log);
  const hashes = createModelHashes(() => cache);
  return createScoreStore(() => cache, hashes, log);
}

/** Writes scores in the background, and waits until they are there. */
async function keep(scores: StoredScores, key = KEY): Promise<void> {
  const store = open();
  store.write(model, key, scores);
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

  it("are dropped where they can't be scores of the text", async () => {
    for (const foreign of [
      withColumns({ rank: new Uint32Array(1) }),
      withColumns({ logProbability: Float32Array.of(-1, -2) as unknown as Float64Array }),
      withColumns({ endExclusive: Uint32Array.of(3, 70) }),
      withColumns({ id: Int32Array.of(0, 2) }),
      withColumns({ count: 3 }),
      { ...good, original: { ...good.original, complete: false } },
      { ...good, original: {} as StoredScores["original"] },
      { ...good, prefix: [1] as unknown as Int32Array },
    ]) {
      await keep(foreign);
      const before = entries().length;
      expect(await open().read(model, KEY)).toBeNull();
      expect(entries()).toHaveLength(before - 1);
    }
    expect(logged).toHaveLength(8);
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
