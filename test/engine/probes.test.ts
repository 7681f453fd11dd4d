/** Probes of hidden states: what is planted is found, and the numbers are those of a plain solver (docs/definitions.md, "Probes"). */
import { closeSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Generator, seededRandom } from "../../src/analysis/statistics/random";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { FittedProbe, ProbeRows, RidgeRequest } from "../../src/engine/probes";
import { LOAD, startTestEngine } from "../support/engine";
import { folderWith } from "../support/folders";
import { testModel } from "../support/models";
import { normals } from "../support/random";
import { largest, ridgeReference } from "../support/ridgeReference";
import { readStates, writeStates } from "../support/states";

const LAMBDAS = [0.1, 1, 10, 100, 1000];

let engine: Engine;
let model: LoadedModel;
const folder = folderWith({});
beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel(), LOAD);
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true });
});

describe("fitRidge", () => {
  const DIMENSIONS = 48;
  const CLASSES = 12;
  const rows = partsOf([6000, 2000, 8000]);
  const random = seededRandom(3);
  const rule = Int32Array.from({ length: 16_000 }, () => Math.floor(random() * CLASSES));
  const planted = (share: number) =>
    rule.map((label) => (random() < share ? label : otherThan(label, random)));
  const independent = Int32Array.from(rule, () => skewed(random));
  const states = writeStates(
    join(folder, "planted.bin"),
    { 7: along(rule, DIMENSIONS) },
    DIMENSIONS,
  );
  const fit = (request: Partial<RidgeRequest>) =>
    engine.fitRidge({
      model: model.id,
      states,
      layer: 7,
      rows,
      lambdas: LAMBDAS,
      classes: CLASSES,
      targets: [],
      ...request,
    });

  it("finds what is planted at the planted accuracy, and nothing where nothing is", async () => {
    const shares = [1, 0.6, 0.25];
    const targets = shares.map(planted);
    const found = await fit({ targets: [...targets, independent] });
    for (const [i, share] of shares.entries()) {
      const reached = accuracy(found[i]!, rows, targets[i]!);
      expect(Math.abs(reached - share), `${reached} for ${share}`).toBeLessThan(0.01);
      // What is planted, and no more than that.
      const kept = shareOf(rows.report, (row) => targets[i]![row] === rule[row]);
      expect(Math.abs(reached - kept)).toBeLessThan(0.003);
    }
    const unigram = shareOf(rows.report, (row) => independent[row] === 0);
    expect(Math.abs(accuracy(found[3]!, rows, independent) - unigram)).toBeLessThan(0.01);
  });
});

describe("numbers of fitRidge", () => {
  const DIMENSIONS = 40;
  const CLASSES = 30;
  const rows = partsOf([3000, 500, 3000]);
  const values = illConditioned(6500, DIMENSIONS);
  const states = writeStates(
    join(folder, "difficult.bin"),
    { 1: new Float32Array(values.length), 2: values },
    DIMENSIONS,
  );
  const random = seededRandom(5);
  const target = Int32Array.from({ length: 6500 }, (_, row) =>
    random() < 0.5
      ? Math.abs(Math.round(values[row * DIMENSIONS + 1]! * 6)) % CLASSES
      : Math.floor(random() * CLASSES),
  );
  const request: RidgeRequest = {
    model: 0,
    states,
    layer: 2,
    rows,
    lambdas: [10],
    classes: CLASSES,
    targets: [target],
  };
  const fit = (
    changed: Partial<RidgeRequest>,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ) => engine.fitRidge({ ...request, model: model.id, ...changed }, onProgress, signal);

  it.each([0.1, 1, 1000])(
    "predicts what a plain 64-bit solver predicts, lambda %f",
    async (lambda) => {
      const [found] = await fit({ lambdas: [lambda] });
      const oneHot = (row: number) => {
        const values = new Float64Array(CLASSES);
        values[target[row]!] = 1;
        return values;
      };
      const inFile = { values: readStates(states, 2), dimensions: DIMENSIONS };
      const predict = ridgeReference(inFile, rows.fit, oneHot, lambda);
      const expected = Int32Array.from(rows.report, (row) => largest(predict(row)));
      const equal =
        expected.filter((label, i) => label === found!.report[i]).length / expected.length;
      expect(equal).toBeGreaterThanOrEqual(0.999);
      expect(new Set(expected).size).toBeGreaterThan(5);
    },
  );

  it("chooses lambda by the share that it predicts rightly, of equal ones the larger", async () => {
    const [found] = await fit({ lambdas: LAMBDAS });
    const best = Math.max(...found!.chosenFrom);
    expect(found!.lambda).toBe(LAMBDAS[found!.chosenFrom.lastIndexOf(best)]);
    for (const [i, lambda] of LAMBDAS.entries()) {
      const [alone] = await fit({ lambdas: [lambda] });
      const right = shareOf(
        rows.choose,
        (row) => alone!.choose[row - rows.choose[0]!] === target[row],
      );
      expect(found!.chosenFrom[i]).toBeCloseTo(right, 12);
      if (lambda === found!.lambda) expect(alone!.report).toEqual(found!.report);
    }
  });

  it("predicts the first of equal classes, where states say nothing", async () => {
    const [found] = await fit({ layer: 1, targets: [target.map((_, row) => 3 + (row % 2))] });
    expect(new Set(found!.report)).toEqual(new Set([3]));
  });

  it("takes no class for wrong where it chooses, and refuses it where it fits", async () => {
    const without = target.map((label, row) => (rows.choose.includes(row) ? -1 : label));
    const [found] = await fit({ targets: [without] });
    expect(found!.chosenFrom).toEqual([0]);
    const nowhere = target.map((label, row) => (row === rows.fit[0] ? -1 : label));
    await expect(fit({ targets: [nowhere] })).rejects.toMatchObject({ code: "NoHiddenStates" });
  });

  it("tells how far it has come, and stops when it is told to", async () => {
    const told: number[] = [];
    await fit({ lambdas: LAMBDAS }, (fraction) => told.push(fraction));
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeCloseTo(1, 6);
    const stop = new AbortController();
    const stopped = fit({ lambdas: LAMBDAS }, () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ code: "Cancelled" });
    await expect(fit({})).resolves.toHaveLength(1);
  });

  it("refuses what is not in the file, and files that are not whole", async () => {
    const refused = (changed: Partial<RidgeRequest>) => expect(fit(changed)).rejects;
    await refused({ layer: 3 }).toMatchObject({ code: "NoHiddenStates" });
    await refused({ rows: { ...rows, report: Uint32Array.of(6500) } }).toMatchObject({
      code: "NoHiddenStates",
    });
    await refused({ lambdas: [] }).toMatchObject({ code: "NoHiddenStates" });
    await refused({ states: { ...states, path: join(folder, "none.bin") } }).toMatchObject({
      code: "FileUnreadable",
    });
    const cut = writeStates(join(folder, "cut.bin"), { 2: values }, DIMENSIONS);
    truncateSync(cut.path, 1000);
    await refused({ states: cut }).toMatchObject({ code: "FileUnreadable" });
    const broken = writeStates(join(folder, "broken.bin"), { 2: values }, DIMENSIONS);
    overwrite(broken.path, Buffer.of(0x00, 0x7e));
    await refused({ states: broken }).toMatchObject({ code: "NoHiddenStates" });
  });
});

/** Rows 0, 1, … in three parts of these sizes. */
function partsOf([fit, choose, report]: readonly [number, number, number]): ProbeRows {
  const from = (start: number, length: number) => Uint32Array.from({ length }, (_, i) => start + i);
  return { fit: from(0, fit), choose: from(fit, choose), report: from(fit + choose, report) };
}

/** States of which the largest of the first dimensions is the label, far above the noise; others are noise alone. */
function along(labels: Int32Array, dimensions: number): Float32Array {
  const values = normals(labels.length * dimensions, 0.5, seededRandom(1));
  labels.forEach((label, row) => (values[row * dimensions + label]! += 4));
  return values;
}

/** As states of models are: a few dimensions far larger than all others, most of them nearly sums of others, one constant, two equal. */
function illConditioned(rows: number, dimensions: number): Float32Array {
  const causes = 12;
  const random = seededRandom(9);
  const mixture = normals(causes * dimensions, 1, random);
  const values = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const cause = normals(causes, 1, random);
    const noise = normals(dimensions, 0.01, random);
    const state = noise.map((value, i) =>
      cause.reduce((sum, c, k) => sum + c * mixture[i * causes + k]!, value),
    );
    state[5] = 50 + state[5]! / 10;
    state[6] = state[6]! * 300;
    state[7] = 1.25;
    state[8] = state[9]!;
    values.set(state, row * dimensions);
  }
  return values;
}

function otherThan(label: number, random: Generator): number {
  return (label + 1 + Math.floor(random() * 11)) % 12;
}

/** 0 in two of five cases, then ever rarer. */
function skewed(random: Generator): number {
  const draw = random();
  return draw < 0.4 ? 0 : Math.min(11, 1 + Math.floor(((draw - 0.4) / 0.6) ** 2 * 11));
}

function accuracy(probe: FittedProbe, { report }: ProbeRows, target: Int32Array): number {
  return probe.report.filter((label, i) => label === target[report[i]!]).length / report.length;
}

function shareOf(rows: Uint32Array, holds: (row: number) => boolean): number {
  return rows.filter(holds).length / rows.length;
}

/** Puts bytes at the start of a file. */
function overwrite(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes);
  closeSync(file);
}
