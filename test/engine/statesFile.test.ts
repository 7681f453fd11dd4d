/** What a request for hidden states leaves on the disk, and how it fails. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { StatesRows, StatesWindow } from "../../src/engine/states";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";
import { enginesOf } from "../support/processes";
import { fillDisk, hasSmallDisks, type SmallDisk, smallDisk } from "../support/smallDisk";
import { inventedTokens } from "../support/readStates";

/** Where a layer of Deci has no feed-forward network, as in Nemotron Ultra, llama.cpp does not name its output. */
const DECI = testModel({
  name: "states-deci",
  architecture: "deci",
  layers: 3,
  metadata: { "deci.feed_forward_length": { type: "i32s", value: Int32Array.of(128, 0, 128) } },
  omit: ["norm", "gate", "up", "down"].map((part) => `blk.1.ffn_${part}.weight`),
});

describe("a request for states", () => {
  let engine: Engine;
  let folder: string;
  beforeAll(() => {
    engine = startTestEngine();
  });
  afterAll(() => engine.dispose());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinlens-states-"));
    return () => rmSync(folder, { recursive: true });
  });

  const path = () => join(folder, "states");
  const tiny = testModel({ name: "states-asked" });
  const load = (file = tiny) => engine.load(file, LOAD);
  const window = { tokens: inventedTokens(100, 0), start: 0 };

  async function ask(
    model: LoadedModel,
    request: Partial<{ layers: number[]; windows: StatesWindow[]; path: string }> = {},
    onRows: (rows: StatesRows) => void = () => undefined,
    signal?: AbortSignal,
  ) {
    const whole = { model: model.id, layers: [1], windows: [window], path: path(), ...request };
    return engine.states(whole, onRows, signal);
  }

  it("ends with its signal, between two batches, and leaves no file", async () => {
    const model = await load();
    const controller = new AbortController();
    const windows = Array.from({ length: 2000 }, () => window);
    const started: number[] = [];
    const asked = ask(
      model,
      { windows },
      ({ window: number }) => {
        started.push(number);
        controller.abort();
      },
      controller.signal,
    );
    await expect(asked).rejects.toMatchObject({ code: "Cancelled" });
    expect(started.length).toBeGreaterThan(0);
    // The model's next call waits until it has ended.
    await engine.tokenize(model.id, "");
    expect(readdirSync(folder)).toEqual([]);
    expect((await ask(model)).rows).toBe(100);
  });

  it("is refused where the model has no such layer, or no room, before a file is made", async () => {
    const model = await load();
    for (const layer of [-1, 3, 0.5]) {
      const refused = ask(model, { layers: [1, layer] });
      const message = expect.stringMatching(/no layer .* Choose one of 1 to 2, or 0/) as string;
      await expect(refused).rejects.toMatchObject({ code: "NoHiddenStates", message });
    }
    const long = { tokens: inventedTokens(513, 0), start: 0 };
    await expect(ask(model, { windows: [window, long] })).rejects.toMatchObject({
      code: "ContextTooSmall",
    });
    for (const start of [-1, 100]) {
      const refused = ask(model, { windows: [{ ...window, start }] });
      await expect(refused).rejects.toThrow(`No token ${start} in a window of 100.`);
    }
    expect(existsSync(path())).toBe(false);
  });

  it("names the architecture where llama.cpp names no output of a layer", async () => {
    const model = await load(DECI);
    const message = expect.stringMatching(/output of layer 2 .* "deci"\. Choose another/) as string;
    for (const layers of [[2], [0, 1, 2, 3]]) {
      await expect(ask(model, { layers })).rejects.toMatchObject({
        code: "NoHiddenStates",
        message,
      });
      expect(readdirSync(folder)).toEqual([]);
    }
    expect((await ask(model, { layers: [0, 1, 3] })).rows).toBe(100);
  });

  it("makes its file anew, for its owner alone", async () => {
    const model = await load();
    writeFileSync(path(), "x".repeat(1_000_000), { mode: 0o644 });
    await ask(model);
    expect(statSync(path()).size).toBe(100 * 64 * 2);
    if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it("says why a file can't be written, and removes nothing that is no file", async () => {
    const model = await load();
    const missing = join(folder, "none", "states");
    await expect(ask(model, { path: missing })).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringContaining("its folder is not there") as string,
    });
    mkdirSync(path());
    await expect(ask(model)).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringContaining("Choose another folder") as string,
    });
    expect(statSync(path()).isDirectory()).toBe(true);
  });

  it("fails where states are no numbers", async () => {
    const notNumbers = { tensor: "blk.1.ffn_norm.weight", row: 0 };
    const model = await load(testModel({ name: "states-nan", notNumbers }));
    await expect(ask(model)).rejects.toMatchObject({ code: "NoDistribution" });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.skipIf(!hasSmallDisks())("states on a disk of a megabyte", () => {
  let disk: SmallDisk;
  let seen: string;
  let engine: Engine;
  let model: LoadedModel;
  beforeAll(async () => {
    disk = smallDisk();
    const node = process.execPath;
    const before = enginesOf(process.pid);
    // The engine runs on the program that this process runs on.
    process.execPath = disk.node;
    engine = startTestEngine();
    process.execPath = node;
    model = await engine.load(testModel({ name: "states-disk" }), LOAD);
    const [pid] = enginesOf(process.pid).filter((id) => !before.includes(id));
    seen = disk.seenFrom(pid!);
  });
  afterAll(() => {
    engine.dispose();
    disk.remove();
  });

  /** Windows of 20 rows each, of 128 bytes. */
  async function ask(windows: number, onRows: (rows: StatesRows) => void = () => undefined) {
    const window = { tokens: inventedTokens(400, 0), start: 380 };
    const path = join(disk.folder, "states");
    const request = { model: model.id, layers: [1], windows: Array(windows).fill(window), path };
    return engine.states(request, onRows);
  }

  it("are refused at once where they can't fit", async () => {
    const rows: StatesRows[] = [];
    await expect(ask(500, (row) => rows.push(row))).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringMatching(
        /10000 tokens in 1 layers take 1.3 MB, .* Make room/,
      ) as string,
    });
    expect(rows).toEqual([]);
    expect(readdirSync(seen)).toEqual([]);
  });

  it("end with the disk that others fill, and can be written once there is room", async () => {
    let filler: string | null = null;
    const full = ask(300, () => (filler ??= fillDisk(seen)));
    await expect(full).rejects.toMatchObject({
      code: "FileUnreadable",
      message: expect.stringContaining("the disk is full. Make room") as string,
    });
    expect(readdirSync(seen)).toEqual(["filler"]);
    rmSync(filler!);
    expect((await ask(10)).rows).toBe(200);
    expect(readdirSync(seen)).toEqual(["states"]);
  });
});
