import { describe, expect, test } from "vitest";
import { parseRun, RunFileError } from "../../src/formats/parseRun";
import { modelSource, type Run } from "../../src/formats/run";
import { serializeRun } from "../../src/formats/serializeRun";

const MODEL = {
  name: "twin",
  path: "/models/twin.gguf",
  sha256: "ab".repeat(32),
  quantisation: "Q8_0",
  engineVersion: "v0.5.0",
};

const run: Run = {
  format: "twinlens-run",
  version: 4,
  name: "frogs",
  created: "2026-01-02T03:04:05.000Z",
  about: null,
  prompt: "Tell me of frogs.\n",
  settings: { samples: 2, seed: 7, maxTokens: 200, resumed: false },
  scorers: { base: { model: MODEL, prompt: "Tell me of frogs.\n" }, rlhf: null },
  rlhf: {
    source: {
      kind: "model",
      role: "rlhf",
      model: MODEL,
      prompt: "<|user|>Tell me of frogs.\n<|assistant|>",
      frame: null,
      sampler: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
    },
    samples: [
      {
        index: 0,
        ended: "end",
        text: "A frog\nsat.",
        tokens: {
          ids: [5, 9],
          starts: [0, 6],
          logProbabilities: [-0.123456789, -2],
          entropies: [1.00000001, 0],
        },
        scored: { base: { starts: [0], logProbabilities: [-7.654321] }, rlhf: null },
      },
      {
        index: 1,
        ended: null,
        text: "\u2028\ud800 [x](command:y)",
        tokens: null,
        scored: { base: null, rlhf: null },
      },
    ],
    alignment: {
      columns: 12,
      hitBudget: false,
      rows: [
        [0, 11],
        [1, 4, 2, 5],
      ],
    },
    mafft: null,
    anchors: {
      options: { minLength: 30, minShare: 0.2, limit: 6, order: "mass" },
      spans: [{ text: "A frog", column: 0, occurrences: [[0, 0]] }],
    },
    ngrams: {
      unit: "tokens",
      shared: [{ n: 5, samples: 1, text: "A frog" }],
      tenGrams: [0, 3],
      diversity: [1, null],
    },
  },
  base: null,
};

describe("a run file", () => {
  test("gives back what was written, numbers to five digits", () => {
    const read = parseRun(serializeRun(run));
    expect(read.rlhf?.samples[0]?.tokens?.logProbabilities).toEqual([-0.12346, -2]);
    expect(read.rlhf?.samples[0]?.tokens?.entropies).toEqual([1, 0]);
    const rounded = structuredClone(run);
    rounded.rlhf!.samples[0]!.tokens = read.rlhf!.samples[0]!.tokens;
    rounded.rlhf!.samples[0]!.scored.base!.logProbabilities = [-7.6543];
    expect(read).toEqual(rounded);
    expect(serializeRun(read)).toBe(serializeRun(run));
  });

  test("has one sample, row or span per line", () => {
    const lines = serializeRun(run).split("\n");
    expect(lines.filter((line) => line.includes('"index"'))).toEqual([
      '      {"index":0,"ended":"end","text":"A frog\\nsat.","tokens":{"ids":[5,9],"starts":[0,6],"logProbabilities":[-0.12346,-2],"entropies":[1,0]},"scored":{"base":{"starts":[0],"logProbabilities":[-7.6543]},"rlhf":null}},',
      '      {"index":1,"ended":null,"text":"\u2028\\ud800 [x](command:y)","tokens":null,"scored":{"base":null,"rlhf":null}}',
    ]);
    expect(lines).toContain("        [1,4,2,5]");
    expect(lines).toContain('        {"text":"A frog","column":0,"occurrences":[[0,0]]}');
    expect(lines.at(-1)).toBe("");
  });

  test("is written the same whatever the order of the keys", () => {
    const { base, rlhf, settings, ...head } = run;
    const samples = rlhf!.samples.map(({ text, ...rest }) => ({ text, ...rest }));
    expect(serializeRun({ base, rlhf: { ...rlhf!, samples }, settings, ...head })).toBe(
      serializeRun(run),
    );
  });

  test("is written as it is at that moment, samples in order unless an alignment refers to them", () => {
    const growing = structuredClone(run);
    const drawn = growing.rlhf!;
    serializeRun(growing);
    drawn.samples[0]!.text = "Another frog.";
    drawn.samples[0]!.scored = { base: null, rlhf: null };
    drawn.samples.reverse();
    expect(parseRun(serializeRun(growing)).rlhf?.samples).toMatchObject([
      { index: 1 },
      { index: 0, text: "Another frog.", scored: { base: null } },
    ]);
    Object.assign(drawn, { alignment: null, anchors: null });
    const indexes = parseRun(serializeRun(growing)).rlhf?.samples.map(({ index }) => index);
    expect(indexes).toEqual([0, 1]);
  });

  test("has samples of any source: a model beside the pair, a file", () => {
    const other = structuredClone(run);
    modelSource(other.rlhf)!.role = null;
    other.base = { ...other.rlhf!, source: { kind: "file", name: "answers.jsonl" } };
    const read = parseRun(serializeRun(other));
    expect(read.rlhf?.source).toMatchObject({ kind: "model", role: null, model: MODEL });
    expect(read.base?.source).toEqual({ kind: "file", name: "answers.jsonl" });
    expect(modelSource(read.base)).toBeNull();
  });

  test.each([
    ["{", "This is not a Twinlens run."],
    ["[]", "This is not a Twinlens run."],
    ['{"format":"twinlens-run","version":99}', "Version 99 of this run needs a newer Twinlens."],
    ['{"format":"twinlens-run","version":1}', /^This run is damaged: .*name/s],
    [serializeRun(run).replace('"index":0', '"index":"<b>"'), /^This run is damaged: .*index/s],
  ])("is refused by name when it is none: %s", (text, message) => {
    expect(() => parseRun(text)).toThrow(RunFileError);
    expect(() => parseRun(text)).toThrow(message);
  });

  const samplerIn = ({ rlhf }: Run) => modelSource(rlhf)!.sampler;
  const settings = (change: Partial<Run["settings"]>) => (damaged: Run) =>
    Object.assign(damaged.settings, change);
  test.each<[string, (damaged: Run) => void]>([
    ["settings.samples", settings({ samples: 20_000_000 })],
    ["settings.samples", settings({ samples: 1001 })],
    ["settings.samples", settings({ samples: 0.5 })],
    ["settings.maxTokens", settings({ maxTokens: -1 })],
    ["settings.seed", settings({ seed: 2 ** 31 })],
    ["rlhf.source.sampler.temperature", (run) => (samplerIn(run).temperature = 1e308)],
    ["rlhf.source.sampler.topP", (run) => (samplerIn(run).topP = 0)],
    ["rlhf.samples[0].index", ({ rlhf }) => (rlhf!.samples[0]!.index = 1e9)],
    ["rlhf.anchors.options.limit", ({ rlhf }) => (rlhf!.anchors!.options.limit = 1e6)],
  ])("with an absurd %s is refused with the bounds of that", (path, damage) => {
    const damaged = structuredClone(run);
    damage(damaged);
    const message = `(?:whole )?number from [\\d.]+ to [\\d,]+ is expected\n +→ at `;
    const place = path.replace(/[[\]]/g, "\\$&");
    expect(() => parseRun(JSON.stringify(damaged))).toThrow(new RegExp(`${message}${place}$`, "m"));
  });

  test("whose samples or columns contradict each other is refused", () => {
    const damaged = structuredClone(run);
    damaged.rlhf!.samples[1]!.index = 0;
    damaged.rlhf!.samples[0]!.tokens!.starts.pop();
    expect(() => parseRun(JSON.stringify(damaged))).toThrow(/different numbers.*rlhf.samples$/ms);
    expect(() => parseRun(JSON.stringify(damaged))).toThrow(/one length.*samples\[0\].tokens$/ms);
  });

  const level = (value: number) => [Array<number>(100).fill(value)];
  const withChance = (chance: object): Run => {
    const some = structuredClone(run);
    Object.assign(some.rlhf!, { chance });
    return some;
  };
  const chance = { kind: "sentences", seed: 1, overlap: level(0.0625), alignedShare: level(0.5) };

  test("keeps the chance level of overlap, a draw a line, and needs none", () => {
    const text = serializeRun(withChance(chance));
    expect(parseRun(text).rlhf!.chance).toEqual(chance);
    expect(text.split("\n")).toContain(`        [${level(0.5)[0]!.join(",")}]`);
    expect(Object.keys(parseRun(serializeRun(run)).rlhf!)).not.toContain("chance");
  });

  test.each<[string, object]>([
    ["kind", { kind: "letters" }],
    ["overlap", { overlap: [], alignedShare: [] }],
    ["overlap", { overlap: [[0.5]] }],
    ["overlap", { overlap: level(7) }],
    ["alignedShare", { alignedShare: [...level(0.5), ...level(0.5)] }],
  ])("with a chance level of an absurd %s is refused", (_, change) => {
    const damaged = withChance({ ...chance, ...change });
    expect(() => parseRun(JSON.stringify(damaged))).toThrow(/rlhf\.chance/);
  });

  test("that names the width it was drawn with is read", () => {
    const older = structuredClone(run);
    Object.assign(older.settings, { width: 255 });
    expect(parseRun(JSON.stringify(older)).settings).toEqual(run.settings);
  });

  test("of many samples from elsewhere is read", () => {
    const imported = structuredClone(run);
    Object.assign(imported.settings, { samples: 5000, maxTokens: null });
    expect(parseRun(JSON.stringify(imported)).settings.samples).toBe(5000);
  });
});
