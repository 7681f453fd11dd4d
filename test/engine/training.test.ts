/** Training learns, goes on where it was, leaves what llama.cpp reads, and says what it can't do (docs/definitions.md, "Re-adaptation"). */
import { existsSync, mkdtempSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel, ScoredRows } from "../../src/engine/engine";
import type { TrainingEvent, TrainingPiece, TrainRequest } from "../../src/engine/training";
import { LOAD, startTestEngine } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";
import { forget, learnablePiece, smallRequest, trained } from "../support/training";

let engine: Engine;
let model: LoadedModel;
beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel({ name: "train-llama" }), LOAD);
});
afterAll(() => engine.dispose());

const folder = mkdtempSync(join(tmpdir(), "twinlens-training-"));

function request(options: Partial<TrainRequest> = {}): TrainRequest {
  return smallRequest(model, folder, options);
}

/** Losses of pieces by llama.cpp's own scoring, nats. */
async function scored({ id }: LoadedModel, pieces: readonly TrainingPiece[]): Promise<number[]> {
  const losses = pieces.map(() => 0);
  const onRows = (text: number, { logProbability }: ScoredRows) => {
    for (const value of logProbability) losses[text]! -= value;
  };
  await engine.scoreTexts({ model: id, texts: pieces, distribution: null }, onRows);
  return losses;
}

type Trained = Awaited<ReturnType<typeof trained>>;

/** The same curve, but for the last bits: sums depend on how many threads make them. */
function expectSame(actual: Trained, expected: Trained): void {
  const numbers = ({ losses, measured }: Trained) => [
    ...losses,
    ...measured.flatMap(({ choose, report }) => [...choose, ...report]),
  ];
  expect(actual.result).toEqual(expected.result);
  const others = numbers(expected);
  expect(numbers(actual)).toHaveLength(others.length);
  numbers(actual).forEach((loss, i) => {
    expect(Math.abs(loss / others[i]! - 1)).toBeLessThan(1e-4);
  });
}

describe.each([
  ["an adapter", { weights: { rank: 4, alpha: 8 }, learningRate: 0.01 }],
  ["all weights", { weights: "all", learningRate: 0.002 }],
] as const)("training %s", (_, options) => {
  it("learns what texts have in common", async () => {
    const { result, losses, measured } = await trained(engine, request(options));
    expect(measured.map(({ step }) => step)).toEqual([0, 4, 8, 12]);
    expect(losses).toHaveLength(12);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.5);
    const [before] = measured;
    const after = measured.find(({ step }) => step === result.step)!;
    expect(after.report[0]).toBeLessThan(before!.report[0]! * 0.9);
    expect(result.tokens).toBe(12 * 2 * 48);
    expect(existsSync(request().checkpoint)).toBe(false);
  });

  it("begins with the losses that llama.cpp has", async () => {
    const asked = request({ ...options, steps: request().steps.slice(0, 1) });
    const { measured } = await trained(engine, asked);
    const theirs = await scored(model, asked.choose);
    measured[0]!.choose.forEach((loss, i) => {
      expect(Math.abs(loss - theirs[i]!) / theirs[i]!).toBeLessThan(1e-3);
    });
  });

  it("goes on after a cancel as if there had been none", async () => {
    const whole = await trained(engine, request(options));
    forget(request());
    const stop = new AbortController();
    let heard = 0;
    const onEvent = () => {
      if (++heard === 9) stop.abort();
    };
    await expect(engine.train(request(options), onEvent, stop.signal)).rejects.toMatchObject({
      code: "Cancelled",
    });
    const rest = await trained(engine, request(options));
    expectSame(rest, whole);
  });
});

describe("a training whose process is killed", () => {
  it("loses no more than an interval, and goes on as if it had not been", async () => {
    const whole = await trained(engine, request());
    forget(request());
    const other = startTestEngine();
    const loaded = await other.load(testModel({ name: "train-llama" }), LOAD);
    let last = 0;
    const killed = other.train({ ...request(), model: loaded.id }, (event) => {
      if (event.kind === "step") last = event.step;
      if (last === 7) other.dispose();
    });
    await expect(killed).rejects.toMatchObject({ code: "Cancelled" });
    expectSame(await trained(engine, request()), whole);
  });
});

describe("a model with an adapter", () => {
  const first = () => request({ out: join(folder, "first.gguf"), choose: [] });
  const withAdapter = (adapter: string) =>
    engine.load(testModel({ name: "train-llama" }), { ...LOAD, adapter });

  it("is trained on in that, from the losses that it has", async () => {
    const { measured } = await trained(engine, first());
    const adapted = await withAdapter(first().out);
    const asked = { ...request({ choose: [] }), model: adapted.id };
    const further = await trained(engine, asked);
    const [before, after] = [measured.at(-1)!, further.measured[0]!].map(
      ({ report }) => report[0]!,
    );
    expect(Math.abs(before! / after! - 1)).toBeLessThan(1e-5);
    expect(further.losses.at(-1)).toBeLessThan(further.losses[0]!);
    const twice = await withAdapter(asked.out);
    const [theirs] = await scored(twice, asked.report);
    expect(Math.abs(theirs! / further.measured.at(-1)!.report[0]! - 1)).toBeLessThan(1e-3);
    await engine.unload(twice.id);
    await engine.unload(adapted.id);
  });

  it.each([
    ["of another rank", { weights: { rank: 2, alpha: 8 } }, /another rank than 2/],
    ["of another alpha", { weights: { rank: 4, alpha: 4 } }, /of alpha 8, not 4/],
    ["of all weights", { weights: "all" }, /its own weights are not trained/],
  ] as const)("is refused a training %s", async (_, options, reason) => {
    await trained(engine, { ...first(), steps: first().steps.slice(0, 1) });
    const adapted = await withAdapter(first().out);
    const training = engine.train({ ...request(options), model: adapted.id }, () => undefined);
    await expect(training).rejects.toMatchObject({ code: "Untrainable" });
    await expect(training).rejects.toThrow(reason);
    await engine.unload(adapted.id);
  });

  afterAll(() => forget(first()));
});

describe("what is seen and not predicted", () => {
  it("loses nothing, and is trained on in nothing", async () => {
    const prompted = (seed: number, scoredStart: number) => ({
      ...learnablePiece(30, seed, model.vocabulary.bos),
      scoredStart,
    });
    const choose = [prompted(901, 20), prompted(902, 29)];
    const steps = [[{ pieces: [prompted(1, 12)] }], [{ pieces: [prompted(2, 29)] }]];
    const { measured, losses, result } = await trained(engine, request({ choose, steps }));
    const theirs = await scored(model, choose);
    measured[0]!.choose.forEach((loss, i) => {
      expect(Math.abs(loss / theirs[i]! - 1)).toBeLessThan(1e-3);
    });
    const [first] = await scored(model, steps[0]![0]!.pieces);
    expect(Math.abs((losses[0]! * 18) / first! - 1)).toBeLessThan(1e-3);
    expect(result.tokens).toBe(18 + 1);
  });
});

describe("what is trained", () => {
  it("is in a model of all weights that llama.cpp reads, with the losses that were measured", async () => {
    const asked = request({ weights: "all", learningRate: 0.002, choose: [], interval: 12 });
    const { result, measured } = await trained(engine, asked);
    expect(result.step).toBe(12);
    const adapted = await engine.load(asked.out, LOAD);
    expect(adapted.facts).toMatchObject({
      quantisation: "all F32",
      tokenizer: model.facts.tokenizer,
    });
    const theirs = await scored(adapted, asked.report);
    expect(Math.abs(theirs[0]! - measured.at(-1)!.report[0]!) / theirs[0]!).toBeLessThan(1e-3);
    await engine.unload(adapted.id);
  });

  it("is not written where no step is better than none", async () => {
    const asked = request({ learningRate: 1e-12, choose: [request().choose[0]!] });
    const { result } = await trained(engine, { ...asked, steps: asked.steps.slice(0, 1) });
    if (result.step === 0) expect(existsSync(asked.out)).toBe(false);
    const { result: worse } = await trained(
      engine,
      request({ learningRate: 20, interval: 1, steps: asked.steps.slice(0, 2) }),
    ).catch(() => ({ result: { step: 0 } }));
    expect(worse.step).toBe(0);
    expect(existsSync(asked.out)).toBe(false);
  });

  it("is of the architectures whose losses are llama.cpp's", async () => {
    for (const architecture of ["qwen2", "qwen3", "olmo2"] as const) {
      const other = await engine.load(
        testModel({ name: `train-${architecture}`, architecture }),
        LOAD,
      );
      const asked = smallRequest(other, folder);
      const { losses } = await trained(engine, { ...asked, steps: asked.steps.slice(0, 6) });
      expect(losses.at(-1), architecture).toBeLessThan(losses[0]!);
      forget(asked);
      await engine.unload(other.id);
    }
  });

  it("may be as long as the model's context", async () => {
    const other = await engine.load(testModel({ name: "train-short", context: 64 }), LOAD);
    const piece = learnablePiece(65, 5, other.vocabulary.bos);
    const asked = smallRequest(other, folder, { length: 64, steps: [[{ pieces: [piece] }]] });
    const { losses } = await trained(engine, asked);
    expect(losses[0]).toBeGreaterThan(0);
    await engine.unload(other.id);
  });

  it("reads quantised weights as llama.cpp does", async () => {
    const other = await engine.load(testModel({ name: "train-q8", type: "Q8_0" }), LOAD);
    const asked = smallRequest(other, folder);
    const { measured } = await trained(engine, { ...asked, steps: asked.steps.slice(0, 1) });
    const theirs = await scored(other, asked.choose);
    expect(Math.abs(measured[0]!.choose[0]! - theirs[0]!) / theirs[0]!).toBeLessThan(1e-2);
    await engine.unload(other.id);
  });
});

describe("what can't be trained is named", () => {
  const MODELS: readonly [string, Partial<ModelOptions>, RegExp][] = [
    ["an architecture that is not known", { name: "train-lfm2", architecture: "lfm2" }, /lfm2/],
    [
      "positions that are stretched otherwise",
      {
        name: "train-yarn",
        metadata: { "llama.rope.scaling.type": { type: "string", value: "yarn" } },
      },
      /yarn/,
    ],
  ];
  it.each(MODELS)("%s", async (_, options, reason) => {
    const other = await engine.load(testModel(options), LOAD);
    const training = engine.train(smallRequest(other, folder), () => undefined);
    await expect(training).rejects.toMatchObject({ code: "Untrainable" });
    await expect(training).rejects.toThrow(reason);
    await engine.unload(other.id);
  });

  it("a loss that is no number, and nothing is left to go on with", async () => {
    const { checkpoint } = request();
    const training = engine.train(request({ learningRate: 1e30, interval: 1 }), () => undefined);
    await expect(training).rejects.toMatchObject({ code: "Diverged" });
    await expect(training).rejects.toThrow(/smaller learning rate/);
    expect(existsSync(checkpoint)).toBe(false);
  });

  it("a checkpoint of other work, or a damaged one", async () => {
    const asked = request();
    const stop = new AbortController();
    const onEvent = ({ kind }: TrainingEvent) => {
      if (kind === "step") stop.abort();
    };
    const cancelled = engine.train(asked, onEvent, stop.signal);
    await expect(cancelled).rejects.toMatchObject({ code: "Cancelled" });
    const other = engine.train(request({ seed: 2 }), () => undefined);
    await expect(other).rejects.toMatchObject({ code: "CheckpointUnreadable" });
    await expect(other).rejects.toThrow(/other settings/);
    truncateSync(asked.checkpoint, 5000);
    const damaged = engine.train(asked, () => undefined);
    await expect(damaged).rejects.toMatchObject({ code: "CheckpointUnreadable" });
    writeFileSync(asked.checkpoint, "no checkpoint");
    await expect(engine.train(asked, () => undefined)).rejects.toMatchObject({
      code: "CheckpointUnreadable",
    });
    forget(asked);
  });

  it("a checkpoint of as many windows in other steps", async () => {
    const asked = request({ interval: 4 });
    const stop = new AbortController();
    const onEvent = ({ kind }: TrainingEvent) => {
      if (kind === "step") stop.abort();
    };
    await expect(engine.train(asked, onEvent, stop.signal)).rejects.toMatchObject({
      code: "Cancelled",
    });
    const steps = asked.steps.flat().map((window) => [window]);
    await expect(engine.train({ ...asked, steps }, () => undefined)).rejects.toMatchObject({
      code: "CheckpointUnreadable",
    });
  });

  it("a folder that is not there, and a disk without room", async () => {
    const out = "/dev/full/out.gguf";
    const training = engine.train(request({ out }), () => undefined);
    await expect(training).rejects.toMatchObject({ code: "FileUnreadable" });
    forget(request());
  });

  it("leaves no part of a file", () => {
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

afterEach(() => forget(request()));
