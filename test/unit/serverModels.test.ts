import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine, LoadedModel, ScoringModel } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { modelAt } from "../../src/engine/modelFiles";
import type { ModelsState } from "../../src/protocol/models";
import { Models } from "../../src/server/models/models";
import { configurationOf } from "../support/serverClient";

/**
 * Stands in for an engine on a machine whose memory holds so many models, and so many that score: the one thing about a
 * real engine that a test can't arrange.
 */
function engineWithRoomFor(room: number, scoringRoom: number, calls: string[]): Engine {
  const loaded = new Map<number, string>();
  let next = 1;
  const engine: Pick<Engine, "load" | "prepareScoring" | "unload" | "share" | "dispose"> = {
    load(path, { adapter = null }) {
      calls.push(`load ${path.at(-1)}`);
      if (loaded.size >= room) return Promise.reject(new EngineError("OutOfMemory", "too large"));
      loaded.set(next, path);
      return Promise.resolve({
        id: next++,
        facts: {
          ...modelAt({ path, adapter }),
          adapterFacts: adapter && { sha256: "", madeOf: "another", isOfAnother: false },
        },
      } as LoadedModel);
    },
    prepareScoring: (model) =>
      loaded.size > scoringRoom
        ? Promise.reject(new EngineError("OutOfMemory", "too large"))
        : Promise.resolve(model as ScoringModel),
    async unload(model) {
      // What has its turn before.
      await new Promise((resolve) => setImmediate(resolve));
      calls.push(`unload ${loaded.get(model)?.at(-1)}`);
      loaded.delete(model);
    },
    share: () => ({ ...(engine as Engine), dispose: () => undefined }),
    dispose: () => void calls.push("dispose"),
  };
  return engine as Engine;
}

describe("models", () => {
  let folder: string;
  let calls: string[];
  let states: ModelsState[];
  let crash: () => void;
  /** Of every model; null: nobody has read them yet. */
  let digest: string | null;
  const pair = () => ({ base: join(folder, "b"), rlhf: join(folder, "r") });
  const create = (room: number, settings = {}, scoringRoom = room) =>
    new Models(
      (onCrash) => {
        calls.push("start");
        crash = onCrash;
        return engineWithRoomFor(room, scoringRoom, calls);
      },
      configurationOf(pair(), settings),
      () => Promise.resolve(digest),
      (state) => void states.push(state),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinlens-models-"));
    for (const path of Object.values(pair())) writeFileSync(path, "x");
    calls = [];
    states = [];
    digest = null;
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });

  it("are loaded once and kept", async () => {
    const models = create(2);
    expect(await models.loadTogether()).toBe(true);
    await models.load("base");
    await models.load("rlhf");
    expect(calls).toEqual(["start", "load b", "load r"]);
    expect(models.state().note).toBeNull();
  });

  it("are loaded for whoever waits, though another caller cancels", async () => {
    const models = create(2);
    const leaving = new AbortController();
    const left = models.load("base", undefined, leaving.signal);
    const stayed = models.load("base");
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: "Cancelled" });
    expect((await stayed).loaded.facts.path).toBe(pair().base);
    expect(models.state().models[0]!.state).toBe("loaded");
  });

  it("take turns where memory holds both, but not what both score with", async () => {
    const models = create(2, {}, 1);
    expect(await models.loadTogether()).toBe(false);
    expect(calls).toEqual(["start", "load b", "load r", "unload r"]);
    await models.load("rlhf");
    expect(calls.slice(4)).toEqual(["unload b", "load r"]);
  });

  it("take turns where memory holds one of them, and say so", async () => {
    const models = create(1);
    expect(await models.loadTogether()).toBe(false);
    await models.load("base");
    await models.load("rlhf");
    await models.load("base");
    expect(calls.slice(3)).toEqual(["unload b", "load r", "unload r", "load b"]);
    expect(models.state().note).toContain("one after the other");
    expect(models.state().models.map(({ state }) => state)).toEqual(["loaded", "unloaded"]);
  });

  it("that fit in no memory fail with the reason", async () => {
    const models = create(0);
    await expect(models.loadTogether()).rejects.toMatchObject({ code: "OutOfMemory" });
    expect(models.state().models[0]).toMatchObject({ state: "failed", error: "too large" });
  });

  it("say that their adapter was made of another model once that is known", async () => {
    const adapter = join(folder, "a");
    writeFileSync(adapter, "x");
    const models = create(2);
    const plain = configurationOf(pair());
    models.configure({ ...plain, pair: { ...plain.pair, rlhf: { path: pair().rlhf, adapter } } });
    const { loaded } = await models.load("rlhf");
    const isOfAnother = () => models.held("rlhf")?.loaded.facts.adapterFacts?.isOfAnother;
    await models.recogniseAdapters();
    expect(isOfAnother()).toBe(false);
    digest = "this one";
    const before = states.length;
    await models.recogniseAdapters();
    await models.recogniseAdapters();
    expect(isOfAnother()).toBe(true);
    expect(states).toHaveLength(before + 1);
    expect((await models.load("rlhf")).loaded.id).toBe(loaded.id);
  });

  it("are gone with an engine that crashes, and loaded by the next one", async () => {
    const models = create(2);
    await models.loadTogether();
    crash();
    expect(states.at(-1)!.models.map(({ state }) => state)).toEqual(["unloaded", "unloaded"]);
    await models.load("base");
    expect(calls).toEqual(["start", "load b", "load r", "start", "load b"]);
  });

  it("are loaded again when their file has been rewritten", async () => {
    const models = create(2);
    await models.load("base");
    writeFileSync(pair().base, "another");
    await models.load("base");
    expect(calls).toEqual(["start", "load b", "unload b", "load b"]);
  });

  it("stay when settings change that do not concern them, and go when others do", async () => {
    const models = create(2);
    await models.load("base");
    models.configure(configurationOf(pair(), { view: "rank" }));
    expect(calls).not.toContain("dispose");
    models.configure(configurationOf(pair(), { window: 128 }));
    expect(calls).toContain("dispose");
  });

  it("are freed in an engine that is lent before they are loaded again, however often the pair changes", async () => {
    const models = create(2);
    let giveBack = () => undefined;
    const lent = models.lend(() => new Promise<void>((end) => (giveBack = () => void end())));
    await models.load("base");
    models.configure(configurationOf({ base: pair().rlhf }));
    models.configure(configurationOf(pair()));
    await models.load("base");
    expect(calls).toEqual(["start", "load b", "unload b", "load b"]);
    giveBack();
    await lent;
  });

  it("that are being loaded as they are freed do not stay in an engine that is lent", async () => {
    const models = create(2);
    let giveBack = () => undefined;
    const lent = models.lend(() => new Promise<void>((end) => (giveBack = () => void end())));
    const left = models.load("base");
    // It has begun.
    await Promise.resolve();
    models.unload();
    await models.load("base");
    await left;
    expect(calls).toEqual(["start", "load b", "unload b", "load b"]);
    giveBack();
    await lent;
  });

  it("are freed when nobody has used them for a while, but not while somebody does", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const models = create(2, { idleUnloadMinutes: 1 });
    let end: () => void = () => undefined;
    const use = models.use(() => new Promise<void>((resolve) => (end = resolve)));
    vi.advanceTimersByTime(600_000);
    expect(calls).toEqual([]);
    await models.load("base");
    end();
    await use;
    vi.advanceTimersByTime(59_000);
    expect(calls).not.toContain("dispose");
    vi.advanceTimersByTime(2000);
    expect(calls).toContain("dispose");
    expect(models.state().models[0]!.state).toBe("unloaded");
  });
});
