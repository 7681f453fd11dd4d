import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSaver } from "../../src/jobs/runs/saver";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A saver of a number of samples whose writes take `ms`. */
function saverOf(ms: number) {
  const written: { at: number; samples: number }[] = [];
  const state = { samples: 0 };
  const saver = createSaver(async () => {
    const { samples } = state;
    await new Promise((done) => setTimeout(done, ms));
    written.push({ at: performance.now(), samples });
  });
  const draw = () => {
    state.samples++;
    saver.changed();
  };
  return { written, draw, save: () => saver.save(), finish: () => saver.finish() };
}

describe("a saver", () => {
  it("writes the first sample at once, then every two seconds, and the last of a burst too", async () => {
    const { written, draw } = saverOf(0);
    const start = performance.now();
    for (let i = 0; i < 50; i++) {
      draw();
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written.map(({ samples }) => samples)).toEqual([1, 21, 41, 50]);
    const waits = written.map(({ at }) => Math.round((at - start) / 100));
    expect(waits).toEqual([0, 20, 40, 60]);
  });

  it("spends a tenth of the time on writing where that is slow", async () => {
    const { written, draw } = saverOf(1000);
    for (let i = 0; i < 600; i++) {
      draw();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(written).toHaveLength(6);
  });

  it("writes one at a time, and what came meanwhile afterwards", async () => {
    const { written, draw, save } = saverOf(500);
    draw();
    await vi.advanceTimersByTimeAsync(1);
    draw();
    const both = Promise.all([save(), save()]);
    await vi.advanceTimersByTimeAsync(2000);
    await both;
    expect(written.map(({ samples }) => samples)).toEqual([1, 2, 2]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(3);
  });

  it("finishes by writing what has changed since the last time, and nothing else", async () => {
    const { written, draw, finish } = saverOf(0);
    await finish();
    expect(written).toHaveLength(0);
    draw();
    const finished = finish();
    await vi.advanceTimersByTimeAsync(1);
    await finished;
    await finish();
    expect(written.map(({ samples }) => samples)).toEqual([1]);
  });

  it("says what a write could not do, to the one that waits for it or to the one that draws", async () => {
    const failed: unknown[] = [];
    const error = new Error("full");
    const saver = createSaver(
      () => Promise.reject(error),
      (reason) => failed.push(reason),
    );
    saver.changed();
    await vi.advanceTimersByTimeAsync(1);
    expect(failed).toEqual([error]);
    await expect(saver.save()).rejects.toBe(error);
  });
});
