/** Short texts that are decoded together have the numbers that each has alone (docs/definitions.md, "Precision"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import { packsOf } from "../../src/engine/child/llama/packs";
import type {
  DistributionRequest,
  Engine,
  LoadedModel,
  LoadOptions,
  ScoredRows,
  WindowTokens,
} from "../../src/engine/engine";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";

/** Heads of 32, which flash attention is made for, and of 12, which no processor's registers hold evenly. */
const MODELS = {
  "the base model": "models/twin-base.gguf",
  "heads for flash attention": testModel({ name: "packing-flash", heads: 2, kvHeads: 1 }),
  "heads for plain attention": testModel({ name: "packing-plain", embedding: 96, heads: 8 }),
  "no BOS": testModel({ name: "packing-bare", vocabulary: { kind: "byte", addBos: false } }),
} as const;

/** Room for eight texts of a block. */
const PACKED: LoadOptions = { ...LOAD, batch: 512, window: 512 };

/** Tokens of texts: less than a block, whole ones, one more; most have company of their length. */
const LENGTHS = [
  20, 40, 64, 65, 66, 100, 2, 129, 130, 200, 128, 20, 1, 256, 258, 300, 500, 500, 33, 70, 90, 64,
  64, 31, 47, 180, 190, 512,
];

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

function textsFor({ vocabulary }: LoadedModel, lengths: readonly number[]): WindowTokens[] {
  const random = seededRandom(7);
  return lengths.map((length, text) => {
    const tokens = Int32Array.from({ length }, () => 10 + Math.floor(random() * 400));
    if (vocabulary.bos !== null) tokens[0] = vocabulary.bos;
    // Of every fifth only the end is wanted.
    return { tokens, scoredStart: text % 5 === 4 ? Math.ceil(length / 2) : 1 };
  });
}

/** Rows of each text. */
async function together(
  { id }: LoadedModel,
  texts: readonly WindowTokens[],
  distribution: DistributionRequest | null = null,
): Promise<ScoredRows[][]> {
  const rows: ScoredRows[][] = texts.map(() => []);
  await engine.scoreTexts({ model: id, texts, distribution }, (text, part) =>
    rows[text]!.push(part),
  );
  return rows;
}

async function alone(
  { id }: LoadedModel,
  texts: readonly WindowTokens[],
  distribution: DistributionRequest | null = null,
): Promise<ScoredRows[][]> {
  const all: ScoredRows[][] = [];
  for (const text of texts) {
    const rows: ScoredRows[] = [];
    await engine.score({ model: id, ...text, distribution }, (part) => rows.push(part));
    all.push(rows);
  }
  return all;
}

/** Row by row, whatever the batches that they came in. */
function flat(rows: readonly ScoredRows[]): unknown[] {
  return rows.flatMap(({ start, count, logProbability, distribution }) =>
    Array.from({ length: count }, (_, i) => ({
      token: start + i,
      logProbability: logProbability[i],
      distribution: distribution && {
        rank: distribution.rank[i],
        entropy: distribution.entropy[i],
        coverage: distribution.coverage[i],
        concentration: partOf(distribution.concentration, i, count),
        topId: partOf(distribution.topId, i, count),
        topLogProbability: partOf(distribution.topLogProbability, i, count),
      },
    })),
  );
}

function partOf(column: Uint16Array | Int32Array | Float32Array, i: number, count: number) {
  const each = column.length / count;
  return column.slice(i * each, (i + 1) * each);
}

describe.each(Object.entries(MODELS))("texts by a model with %s", (_, path) => {
  let texts: WindowTokens[];
  let expected: unknown[][];

  async function loaded<T>(options: LoadOptions, work: (model: LoadedModel) => Promise<T>) {
    const model = await engine.load(path, options);
    try {
      return await work(model);
    } finally {
      await engine.unload(model.id);
    }
  }

  beforeAll(async () => {
    expected = await loaded({ ...PACKED, batch: 64 }, async (model) => {
      texts = textsFor(model, LENGTHS);
      return (await alone(model, texts, { topK: 5 })).map(flat);
    });
    texts.forEach(({ tokens, scoredStart }, text) =>
      expect(expected[text]).toHaveLength(Math.max(0, tokens.length - scoredStart)),
    );
  });

  it.each([
    ["eight together", {}],
    ["three together", { batch: 192 }],
    ["as many as the memory holds", { windowMemoryBytes: 2 ** 22 }],
    ["one after another", { windowMemoryBytes: 0 }],
    ["two threads", { threads: 2 }],
  ])("have the numbers of each alone: %s", async (_, options) => {
    const rows = await loaded({ ...PACKED, ...options }, (model) =>
      together(model, texts, { topK: 5 }),
    );
    rows.forEach((part, text) => expect(flat(part), `text ${text}`).toEqual(expected[text]));
  });

  it("have them in any company, and without distributions", async () => {
    await loaded(PACKED, async (model) => {
      const bare = (await alone(model, texts)).map(flat);
      const order = texts.map((_, text) => text).reverse();
      const reversed = await together(
        model,
        order.map((text) => texts[text]!),
      );
      reversed.forEach((part, i) => expect(flat(part)).toEqual(bare[order[i]!]));
      const [first] = await together(model, [texts[5]!]);
      expect(flat(first!)).toEqual(bare[5]);
    });
  });

  it("leave windows that are scored afterwards right", async () => {
    await loaded(PACKED, async (model) => {
      // Longer than what is held of it: it is decoded from there on.
      const [long] = textsFor(model, [300]) as [WindowTokens];
      const beginning = { ...long, tokens: long.tokens.slice(0, 130) };
      const [fresh] = await alone(model, [long], { topK: 5 });
      await together(model, [...texts.slice(0, 12), beginning, beginning], { topK: 5 });
      const [again] = await alone(model, [long], { topK: 5 });
      expect(flat(again!)).toEqual(flat(fresh!));
    });
  });
});

describe("a call for many texts", () => {
  let model: LoadedModel;
  let texts: WindowTokens[];
  beforeAll(async () => {
    model = await engine.load(MODELS["the base model"], PACKED);
    texts = textsFor(
      model,
      Array.from({ length: 400 }, (_, i) => 60 + (i % 90)),
    );
  });

  it("ends between two decodes when it is cancelled, and what came before is whole", async () => {
    const stop = new AbortController();
    const rows = new Map<number, ScoredRows>();
    const job = engine.scoreTexts(
      { model: model.id, texts, distribution: null },
      (text, part) => {
        rows.set(text, part);
        if (rows.size === 20) stop.abort();
      },
      stop.signal,
    );
    await expect(job).rejects.toMatchObject({ code: "Cancelled" });
    expect(rows.size).toBeLessThan(texts.length / 2);
    for (const [text, part] of [...rows].slice(0, 20)) {
      expect([flat([part])]).toEqual((await alone(model, [texts[text]!])).map(flat));
    }
  });

  it("refuses a text longer than the window before it scores any", async () => {
    let count = 0;
    const job = engine.scoreTexts(
      { model: model.id, texts: [...texts, ...textsFor(model, [513])], distribution: null },
      () => count++,
    );
    await expect(job).rejects.toMatchObject({ code: "ContextTooSmall" });
    expect(count).toBe(0);
  });

  it("takes no text at all", async () => {
    expect(await together(model, [])).toEqual([]);
  });
});

describe("packs", () => {
  it("hold texts of equal length, as many as a batch and its sequences do", () => {
    const lengths = [64, 128, 64, 64, 256, 128, 64, 128];
    expect(packsOf(lengths, 16, 256)).toEqual([[0, 2, 3, 6], [1, 5], [4], [7]]);
    expect(packsOf(lengths, 3, 256)).toEqual([[0, 2, 3], [1, 5], [4], [6], [7]]);
    expect(packsOf(lengths, 1, 256)).toEqual(lengths.map((_, text) => [text]));
  });

  it("leave alone what is longer than a batch, no whole blocks, or nothing", () => {
    expect(packsOf([512, 512, 40, 40, 0, 0], 8, 256)).toEqual([[0], [1], [2], [3], [4], [5]]);
  });
});
