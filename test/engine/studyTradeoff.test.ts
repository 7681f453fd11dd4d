/** A study's measure `tradeoff`, on real engines: a small model that is trained on what it wrote itself, and both sides of what becomes of it. */
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mean } from "../../src/analysis/statistics/mean";
import { renderUserTurn } from "../../src/engine/chatForm";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { Engines } from "../../src/engine/local/engines";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { Pair } from "../../src/formats/study/study";
import {
  parseResult,
  type ResultCell,
  serializeResult,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import { startAnalyser } from "../../src/jobs/runs/workerClient";
import { runStudy } from "../../src/jobs/study/runStudy";
import { CHAT, CLOCK } from "../../src/jobs/study/samples/chat";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import { studyReport } from "../../src/report/study/studyReport";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";
import { byteVocabulary } from "../support/vocabularies";

const folder = folderWith({
  "prompts.txt": ["the fox", "a hen", "at night", "The  FOX ", "and then", "the barn"].join("\n"),
  "one.txt": "the fox\nTHE FOX",
  "long.txt": ["the fox", "a hen", "the barn at night ".repeat(9)].join("\n"),
  "tales.txt": ["the fox saw a hen in the barn", "then the hen went home", "x"].join("\n"),
  "empty.txt": "\n \n",
});
const engines = new Engines({ script: resolve("dist/engine.mjs") });
afterAll(() => {
  engines.dispose();
  rmSync(dirname(folder), { recursive: true, force: true });
});

/** Texts end with a full stop, so that samples are of different lengths. */
const { value: tokens } = byteVocabulary({ addBos: true, size: 0 }).metadata[
  "tokenizer.ggml.tokens"
] as unknown as { readonly value: readonly string[] };
const { base, rlhf } = testPair({
  name: "study-tradeoff",
  metadata: { "tokenizer.ggml.eos_token_id": { type: "u32", value: tokens.indexOf(".") } },
});
const PAIR: Pair = {
  name: "twins",
  stages: [
    { name: "base", ...withoutAdapter(base) },
    { name: "rlhf", ...withoutAdapter(rlhf) },
  ],
};

/** Of the study's file. */
interface Asked {
  readonly tradeoff?: object;
  readonly prompts?: string;
  readonly corpora?: string;
}

const LITTLE = {
  scorer: "length",
  rounds: 2,
  bestOf: 4,
  trainPrompts: 2,
  measuredPrompts: 2,
  samples: 8,
  tokens: 24,
  topP: 1,
  epochs: 4,
  windowsPerStep: 1,
  window: 48,
  learningRate: { all: 0.003, lora: 0.02 },
};

function studyOf({ tradeoff, prompts = "prompts.txt", corpora = "tales.txt" }: Asked, pair: Pair) {
  const file = {
    version: 1,
    measures: ["tradeoff"],
    prompts: [{ name: "beginnings", path: prompts }],
    corpora: [{ name: "tales", paths: corpora, lines: true }],
    tradeoff: { ...LITTLE, ...tradeoff },
  };
  return resolveStudy(parseStudy(JSON.stringify(file)), "s", pair, (path) => path);
}

interface Measuring extends Asked {
  /** Of what is trained; null: it is not kept. */
  readonly adapters?: string | null;
  readonly known?: StudyResult | null;
  readonly pair?: Pair;
  /** Ended after so many steps forward. */
  readonly after?: number;
}

interface Measured {
  readonly result: StudyResult;
  readonly cell: ResultCell;
  /** Failures and warnings. */
  readonly told: readonly string[];
}

/** Measures, and reads what was saved last. */
async function measure({
  adapters = null,
  known = null,
  pair = PAIR,
  after = Infinity,
  ...asked
}: Measuring): Promise<Measured> {
  const stop = new AbortController();
  const told: string[] = [];
  let [last, saved, moves] = [known, known, 0];
  const found = await runStudy({
    study: studyOf(asked, pair),
    folder,
    known,
    measures: ["tradeoff"],
    engines,
    startAnalyser: () => startAnalyser(resolve("dist/alignment.mjs")),
    runsFolder: null,
    adaptersFolder: adapters === null ? null : join(folder, adapters),
    options: { gpu: "off", threads: 1 },
    digest: (model) => modelDigest(modelAt(model)),
    twinlensVersion: "0",
    journal: null,
    // What is told at another time is lost, as by a kill.
    save: () => Promise.resolve(void (saved = copyOf(last!))),
    signal: stop.signal,
    listener: {
      onResult: (result) => (last = result),
      onProgress: () => {
        if (++moves >= after) stop.abort();
      },
      onWarning: (message) => told.push(message),
      onFailure: (what, error) => told.push(`${what}: ${error.message}`),
    },
  }).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "Cancelled") return saved;
    throw error;
  });
  const result = found === null ? null : copyOf(found);
  return { result: result!, cell: result?.cells[0] as ResultCell, told };
}

function copyOf(result: StudyResult): StudyResult {
  return parseResult(serializeResult(result));
}

const scoresOf = ({ tradeoff }: ResultCell) =>
  tradeoff!.rounds.map(({ own }) => mean(own.map(({ score }) => score!)));
const filesIn = (name: string) => readdirSync(join(folder, name));

let whole: Measured;

describe("the trade-off in motion", () => {
  it("prefers what is longest, and the model comes to write longer texts", async () => {
    whole = await measure({ adapters: "whole" });
    const { cell, told } = whole;
    expect(told).toEqual([]);
    expect(cell).toMatchObject({ corpus: "beginnings", isComplete: true, measured: 2 });
    const { prompts, heldOut, rounds, ...settings } = cell.tradeoff!;
    expect(settings).toMatchObject({
      ...{ stage: "base", scorer: "length", judge: null, weights: "all", rank: null, seed: 1 },
      ...{ learningRate: 0.003, weightDecay: 0.01, windowsPerStep: 1, window: 48, epochs: 4 },
    });
    // "The  FOX " stands for "the fox", which is there.
    expect([...prompts.train, ...prompts.measured].sort()).toEqual([0, 1, 2, 4, 5]);
    expect(prompts.measured).toHaveLength(2);
    expect(heldOut.map(({ documents }) => documents.length)).toEqual([3]);
    expect(rounds.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(rounds[0]!.trained).toBeNull();
    for (const { trained } of rounds.slice(1)) {
      expect(trained!.prompts.every((prompt) => prompts.train.includes(prompt))).toBe(true);
      expect(trained!.loss).toHaveLength(trained!.steps);
      expect(mean(trained!.drawn)).toBeLessThan(mean(trained!.preferred));
    }
    for (const { own, samples, losses } of rounds) {
      expect(own.map(({ prompt }) => prompt)).toEqual(prompts.measured);
      expect(samples.map(({ prompt }) => prompt)).toEqual(prompts.measured);
      own.forEach(({ tokens: count, score }) => expect(score).toBeCloseTo(count / 8, 8));
      expect(losses.flat().every((loss) => loss > 0)).toBe(true);
    }
    const [first, , last] = scoresOf(cell);
    expect(last).toBeGreaterThan(first! + 2);
    expect(studyReport(whole.result, null).notes).toEqual([]);
  });

  it("keeps the last round's weights alone, and another study of more rounds goes on from them", async () => {
    expect(filesIn("whole")).toEqual([whole.cell.tradeoff!.file]);
    const { cell } = await measure({
      adapters: "whole",
      known: whole.result,
      tradeoff: { rounds: 3 },
    });
    expect(cell.tradeoff!.rounds).toHaveLength(4);
    expect(cell.tradeoff!.rounds.slice(0, 3)).toEqual(whole.cell.tradeoff!.rounds);
    expect(filesIn("whole")).toEqual([cell.tradeoff!.file]);
  });

  it("goes on after kills wherever they come, with the numbers that it would have had", async () => {
    let known: StudyResult | null = null;
    let kills = 0;
    for (let after = 3; known?.cells[0]?.isComplete !== true; after += 7, kills++) {
      ({ result: known } = await measure({ adapters: "killed", known, after }));
    }
    expect(kills).toBeGreaterThan(3);
    expect(known.cells[0].tradeoff).toEqual(whole.cell.tradeoff);
    expect(filesIn("killed")).toEqual([whole.cell.tradeoff!.file]);
  });

  it("begins anew where the weights of the last round are others, or gone", async () => {
    const { result } = await measure({ adapters: "gone", tradeoff: { rounds: 1 } });
    const weights = join(folder, "gone", result.cells[0]!.tradeoff!.file!);
    copyFileSync(base, weights);
    const replaced = await measure({ adapters: "gone", known: result });
    expect(replaced.cell.tradeoff).toEqual(whole.cell.tradeoff);
    rmSync(join(folder, "gone"), { recursive: true });
    const { cell } = await measure({ adapters: "gone", known: result });
    expect(cell.tradeoff).toEqual(whole.cell.tradeoff);
  });

  it("trains an adapter on, and leaves the model as it is", async () => {
    const lora = { weights: "lora", rank: 4, alpha: 8, scorer: "advantage" };
    const { cell, told } = await measure({ adapters: "lora", tradeoff: lora });
    expect(told).toEqual([]);
    const { rank, alpha, learningRate, file, rounds } = cell.tradeoff!;
    expect([rank, alpha, learningRate]).toEqual([4, 8, 0.02]);
    expect(filesIn("lora")).toEqual([file]);
    expect(file).toMatch(/-round-2-adapter\.gguf$/u);
    const losses = rounds.map((round) => round.losses.flat());
    // Each round's adapter is another one.
    expect(losses[1]).not.toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[1]);
    expect(rounds[2]!.trained!.loss[0]).not.toBe(rounds[1]!.trained!.loss[0]);
  });
});

/** Whose sample is scored, and what scores it. */
interface Reader {
  readonly engine: Engine;
  readonly model: LoadedModel;
}

const READING = { gpu: "off", window: 0, batch: 512, windowMemoryBytes: 2 ** 24 } as const;

async function reader(path: string): Promise<Reader> {
  const engine = engines.current();
  return { engine, model: await engine.prepareScoring(await engine.load(path, READING)) };
}

/** Mean or sum of ln p of what a list of tokens holds from a place on. */
async function lnp({ engine, model }: Reader, all: readonly number[], from: number) {
  const found: number[] = [];
  const text = { tokens: Int32Array.from(all), scoredStart: from };
  await engine.scoreTexts({ model: model.id, texts: [text], distribution: null }, (_, rows) => {
    found.push(...rows.logProbability);
  });
  return { sum: found.reduce((sum, one) => sum + one, 0), mean: mean(found) };
}

async function likelihood(by: Reader, isChat: boolean, prompt: string, text: string) {
  const { engine, model } = by;
  const before = isChat
    ? await renderUserTurn(engine, model.id, CHAT, prompt, CLOCK)
    : [{ text: prompt, parseSpecial: false }];
  const prefix = await engine.tokenizePrompt(model.id, before);
  const { id } = await engine.tokenize(model.id, text);
  return (await lnp(by, [...prefix, ...id], prefix.length)).mean;
}

/** The only sample of each measured prompt in round 0, with its score. */
async function scored(tradeoff: object) {
  const { cell, told } = await measure({ tradeoff: { ...tradeoff, samples: 1, rounds: 1 } });
  expect(told).toEqual([]);
  const [{ own } = { own: [] }] = cell.tradeoff!.rounds;
  return own.map(({ prompt, text, score }) => ({
    prompt: cell.prompts[prompt]!.text,
    text,
    score,
  }));
}

describe("what is preferred", () => {
  it("rlhf: what the twin finds probable in its own form of the prompt", async () => {
    const samples = await scored({ scorer: "rlhf" });
    const by = await reader(rlhf);
    for (const { prompt, text, score } of samples) {
      expect(score).toBeCloseTo(await likelihood(by, true, prompt, text), 8);
    }
  });

  it("advantage: that less what base finds", async () => {
    const samples = await scored({ scorer: "advantage" });
    const [twin, before] = [await reader(rlhf), await reader(base)];
    for (const { prompt, text, score } of samples) {
      const [more, less] = [
        await likelihood(twin, true, prompt, text),
        await likelihood(before, false, prompt, text),
      ];
      expect(score).toBeCloseTo(more - less, 8);
    }
  });

  it("judge: Yes against No, in a chat template, and behind a blank where there is none", async () => {
    const question = "{prompt}? {reply}. Good";
    for (const [path, isChat] of [
      [rlhf, true],
      [base, false],
    ] as const) {
      const samples = await scored({ scorer: "judge", judge: { model: path, question } });
      const by = await reader(path);
      const { engine, model } = by;
      for (const { prompt, text, score } of samples) {
        const asked = `${prompt}? ${text}. Good`;
        const before = isChat
          ? await renderUserTurn(engine, model.id, CHAT, asked, CLOCK)
          : [{ text: asked, parseSpecial: false }];
        const prefix = [...(await engine.tokenizePrompt(model.id, before))];
        const answers = [];
        for (const answer of ["Yes", "No"]) {
          const { id } = await engine.tokenize(model.id, isChat ? answer : ` ${answer}`);
          answers.push((await lnp(by, [...prefix, ...id], prefix.length)).sum);
        }
        expect(score).toBeCloseTo(answers[0]! - answers[1]!, 8);
      }
    }
  });
});

describe("what can't be measured", () => {
  const failure = async (asked: Measuring) => (await measure(asked)).told.join("\n");

  it("is named: too few prompts, a prompt that is too long, no documents, an adapter, no judge", async () => {
    expect(await failure({ prompts: "one.txt" })).toMatch(
      /^twins, beginnings: .* needs at least two different ones, and there is one /u,
    );
    expect(await failure({ corpora: "none.txt" })).toMatch(
      /Not all corpora that tradeoff holds out could be read/u,
    );
    expect(await failure({ corpora: "empty.txt" })).toMatch(
      /tales has no document whose loss could be measured/u,
    );
    const [first, second] = PAIR.stages;
    const adapted = { ...PAIR, stages: [{ ...first!, adapter: rlhf }, second!] };
    expect(await failure({ pair: adapted })).toMatch(/has an adapter, and tradeoff trains one/u);
    const judge = { scorer: "judge", judge: { model: join(folder, "judge.gguf") } };
    expect(await failure({ tradeoff: judge })).toMatch(/There is no file .*judge\.gguf/u);
    const noRoom = { tradeoff: { window: 25 } };
    expect(await failure(noRoom)).toMatch(/there are none that can be used\. .* prompt 1: Its /u);
    const { cell } = await measure({ prompts: "long.txt", tradeoff: { rounds: 1 } });
    expect(cell.failed.map(({ document }) => document)).toEqual(["prompt 3"]);
    expect(cell.failed[0]!.reason).toMatch(/are more than fit into a window of 48/u);
  });

  it("leaves what was measured where a corpus can't be read at the moment", async () => {
    const { cell } = await measure({ known: whole.result, corpora: "none.txt" });
    expect(cell.tradeoff).toEqual(whole.cell.tradeoff);
    expect(existsSync(join(folder, "none.txt"))).toBe(false);
  });
});
