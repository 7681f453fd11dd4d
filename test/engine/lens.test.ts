/** Future Lens: a model's own norm and head read states, its own and fitted ones (docs/definitions.md, "Probes"). */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { FittedProbe, LensRequest } from "../../src/engine/probes";
import { LOAD, startTestEngine } from "../support/engine";
import { folderWith } from "../support/folders";
import { testModel, testWeights } from "../support/models";
import { largest, ridgeReference } from "../support/ridgeReference";
import { readStates } from "../support/states";

const WINDOWS = 6;
const TOKENS = 256;
/** Rows that have no row so far behind them in their window are left out. */
const FARTHEST = 2;

let engine: Engine;
const folder = folderWith({});
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true });
});

/** A request for states of a model's last two layers as it reads a text, or tokens that are drawn where there is none. */
async function lensRequest(model: LoadedModel, text: string | null): Promise<LensRequest> {
  const windows = await windowsOf(model, text);
  const layers = [model.shape.layers - 1, model.shape.layers];
  const path = join(folder, `states-${model.id}.bin`);
  const found: Int32Array[] = [];
  const states = await engine.states(
    { model: model.id, windows, layers, path },
    ({ firstChoice }) => found.push(firstChoice),
  );
  const firstChoice = Int32Array.from(found.flatMap((choices) => [...choices]));
  const rowsOf = (start: number, end: number) =>
    Uint32Array.from({ length: (end - start) * TOKENS }, (_, i) => start * TOKENS + i).filter(
      (row) => (row % TOKENS) + FARTHEST < TOKENS,
    );
  return {
    model: model.id,
    states,
    layer: model.shape.layers,
    rows: { fit: rowsOf(0, 4), choose: rowsOf(4, 5), report: rowsOf(5, 6) },
    lambdas: [0.1, 10, 1000],
    ahead: [0],
    targets: [firstChoice],
    firstChoice,
  };
}

async function windowsOf(model: LoadedModel, text: string | null) {
  const random = seededRandom(2);
  const read = text === null ? null : (await engine.tokenize(model.id, text)).id;
  const tokens =
    read ?? Int32Array.from({ length: WINDOWS * TOKENS }, () => 10 + Math.floor(random() * 400));
  expect(tokens.length).toBeGreaterThanOrEqual(WINDOWS * TOKENS);
  return Array.from({ length: WINDOWS }, (_, i) => ({
    tokens: tokens.slice(i * TOKENS, (i + 1) * TOKENS),
    start: 0,
  }));
}

function accuracy({ report }: FittedProbe, rows: Uint32Array, target: Int32Array): number {
  return report.filter((token, i) => token === target[rows[i]!]).length / rows.length;
}

describe("fitLens", () => {
  it.each([
    [
      "the base model",
      "models/twin-base.gguf",
      readFileSync("sample/night-ferry.md", "utf8").repeat(9),
    ],
    ["an output matrix of its own", testModel(), null],
    ["that of its embeddings", testModel({ name: "lens-tied", omit: ["output.weight"] }), null],
    ["weights of 8 bits", testModel({ name: "lens-quantised", type: "Q8_0" }), null],
    ["weights of 16 bits", testModel({ name: "lens-halves", type: "F16" }), null],
  ])("reads the last layer as the model does: %s", async (_, path, text) => {
    const model = await engine.load(path, LOAD);
    const request = await lensRequest(model, text);
    const [found] = await engine.fitLens(request);
    expect(accuracy(found!, request.rows.report, request.firstChoice)).toBeGreaterThan(0.97);
    expect(found!.choose).toHaveLength(request.rows.choose.length);
    await engine.unload(model.id);
  });

  it.each([0.1, 100])("chooses what a plain 64-bit solver chooses, lambda %f", async (lambda) => {
    const model = await engine.load(testModel(), LOAD);
    const request = { ...(await lensRequest(model, null)), layer: model.shape.layers - 1 };
    const [found] = await engine.fitLens({ ...request, ahead: [1], lambdas: [lambda] });
    const { states, rows } = request;
    const { dimensions } = states;
    const last = readStates(states, model.shape.layers);
    const later = (row: number) =>
      Float64Array.from(last.subarray((row + 1) * dimensions, (row + 2) * dimensions));
    const read = { values: readStates(states, request.layer), dimensions };
    const predict = ridgeReference(read, rows.fit, later, lambda);
    const output = testWeights().get("output.weight")!;
    const expected = Int32Array.from(rows.report, (row) => chosen(predict(row), output));
    const equal = found!.report.filter((token, i) => token === expected[i]).length;
    expect(equal / expected.length).toBeGreaterThanOrEqual(0.999);
    expect(new Set(expected).size).toBeGreaterThan(5);
  });

  it("fits each distance on its own, with what it decodes best", async () => {
    const model = await engine.load(testModel(), LOAD);
    const request = await lensRequest(model, null);
    const two = {
      ...request,
      ahead: [0, FARTHEST],
      targets: [request.firstChoice, request.firstChoice],
    };
    const told: number[] = [];
    const [now, far] = await engine.fitLens(two, (fraction) => told.push(fraction));
    expect(now).toEqual((await engine.fitLens(request))[0]);
    // Tokens that are drawn say nothing of those to come.
    expect(accuracy(far!, request.rows.report, request.firstChoice)).toBeLessThan(0.1);
    expect(far!.chosenFrom).toHaveLength(request.lambdas.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeCloseTo(1, 6);
  });

  it("refuses a head that chooses otherwise than the model, and states that are not there", async () => {
    const model = await engine.load(testModel(), LOAD);
    const request = await lensRequest(model, null);
    const refused = (changed: Partial<LensRequest>) =>
      expect(engine.fitLens({ ...request, ...changed })).rejects.toMatchObject({
        code: "NoHiddenStates",
      });
    await refused({ firstChoice: request.firstChoice.map((token) => token ^ 1) });
    await refused({ states: { ...request.states, layers: [0, model.shape.layers - 1] }, layer: 0 });
    await refused({ ahead: [TOKENS] });
    const stop = new AbortController();
    const stopped = engine.fitLens(request, () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ code: "Cancelled" });
  });
});

/** The token of a state of the last layer: a root mean square norm, whose weights are 1, leaves the order of logits as it is. */
function chosen(state: Float64Array, output: Float32Array): number {
  const d = state.length;
  const logits = Float64Array.from({ length: output.length / d }, (_, token) =>
    state.reduce((sum, value, i) => sum + value * output[token * d + i]!, 0),
  );
  return largest(logits);
}
