/** Probes that are kept: they answer as they were fitted, and a file that is not theirs is refused. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { FittedProbe, ProbeRows } from "../../src/engine/probes";
import type { StatesFile, StatesWindow } from "../../src/engine/states";
import { LOAD, startTestEngine } from "../support/engine";
import { folderWith } from "../support/folders";
import { testModel } from "../support/models";

const folder = folderWith({});
const PROBE = join(folder, "kept.probe");
const CLASSES = 40;
const LAYER = 1;

let engine: Engine;
let model: LoadedModel;
let windows: StatesWindow[];
let file: StatesFile;
let rows: ProbeRows;
let fitted: readonly FittedProbe[];

/** What the n-th target says of a row: arbitrary, but not noise alone. */
const targetOf = (n: number) =>
  Int32Array.from({ length: file.rows }, (_, row) => ((row % 7) * (n + 3)) % CLASSES);
const tokenOf = (label: number) => 3 * label + 5;

beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel(), LOAD);
  const { vocabularySize } = model.facts;
  windows = Array.from({ length: 12 }, (_, w) => ({
    tokens: Int32Array.from({ length: 60 + w }, (_, i) => (w * 31 + i * 17 + 1) % vocabularySize),
    start: 1,
  }));
  file = await engine.states(
    { model: model.id, windows, layers: [0, LAYER], path: join(folder, "states.f16") },
    () => undefined,
  );
  const all = Uint32Array.from({ length: file.rows }, (_, row) => row);
  rows = { fit: all.subarray(0, 400), choose: all.subarray(400, 500), report: all.subarray(500) };
  fitted = await engine.fitRidge({
    model: model.id,
    states: file,
    layer: LAYER,
    rows,
    lambdas: [1, 100],
    classes: CLASSES,
    targets: [targetOf(0), targetOf(1), targetOf(2)],
    keep: {
      path: PROBE,
      targets: 2,
      tokens: Int32Array.from({ length: CLASSES }, (_, label) => tokenOf(label)),
    },
  });
});
afterAll(() => engine.dispose());

const ask = (probe: string, window = windows[0]!, of = model) =>
  engine.expectAhead({ model: of.id, probe, window });

describe("a probe that is kept", () => {
  it("predicts for every token what it predicted when it was fitted", async () => {
    const answers = await Promise.all(windows.map((window) => ask(PROBE, window)));
    for (const [target, { choose, report }] of fitted.slice(0, 2).entries()) {
      const asked = answers.flatMap((answer) => [...answer[target]!]);
      expect(asked.slice(400)).toEqual([...choose, ...report].map(tokenOf));
      expect(new Set(report).size).toBeGreaterThan(1);
    }
  });

  it("holds the wanted targets alone, and nothing lies beside it", async () => {
    expect(await ask(PROBE)).toHaveLength(2);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("is left as it was by a fit that is cancelled or can't write", async () => {
    const controller = new AbortController();
    const before = readFileSync(PROBE);
    const request = {
      model: model.id,
      states: file,
      layer: LAYER,
      rows,
      lambdas: [1, 10, 100, 1000],
      classes: CLASSES,
      targets: [targetOf(0)],
    };
    const keep = { path: PROBE, targets: 1, tokens: new Int32Array(CLASSES) };
    const job = engine.fitRidge({ ...request, keep }, () => controller.abort(), controller.signal);
    await expect(job).rejects.toMatchObject({ code: "Cancelled" });
    const nowhere = join(folder, "none", "x.probe");
    await expect(
      engine.fitRidge({ ...request, keep: { ...keep, path: nowhere } }),
    ).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringContaining("kept") as string,
    });
    expect(readFileSync(PROBE).equals(before)).toBe(true);
    expect(existsSync(`${nowhere}.part`)).toBe(false);
  });
});

describe("a file that is no probe of the model", () => {
  const damaged = (name: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(PROBE)));
    return path;
  };
  const refused = {
    code: "ProbeUnreadable",
    message: expect.stringMatching(/Train the probe/u) as string,
  };

  it("is refused where a byte is another, where it is cut, and where it is not there", async () => {
    const flipped = damaged("flipped.probe", (bytes) => {
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      return bytes;
    });
    const cut = damaged("cut.probe", (bytes) => bytes.subarray(0, bytes.length - 100));
    const other = damaged("other.probe", () => Buffer.from("GGUF"));
    for (const path of [flipped, cut, other, join(folder, "gone.probe")]) {
      await expect(ask(path), path).rejects.toMatchObject(refused);
    }
  });

  it("is refused by a model of another shape", async () => {
    const narrow = await engine.load(testModel({ name: "narrow", embedding: 32 }), LOAD);
    await expect(ask(PROBE, windows[0], narrow)).rejects.toMatchObject(refused);
  });
});
