import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EndedBySignal, untilSignal } from "../../src/cli/signals";
import { cancelled } from "../../src/engine/errors";

/** Work like the engine's: it ends when it is cancelled. */
const untilCancelled = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(cancelled()));
  });
const listeners = () => process.listenerCount("SIGTERM") + process.listenerCount("SIGHUP");

describe("a signal to end", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s cancels the work and gives exit code %d", async (name, code) => {
    const before = listeners();
    const work = untilSignal(untilCancelled);
    process.emit(name, name);
    await expect(work).rejects.toThrow(EndedBySignal);
    await expect(work).rejects.toMatchObject({ code });
    expect(listeners()).toBe(before);
  });

  it("that comes again ends the process at once, unless npm has passed on the first", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
    let finish = () => {};
    const work = untilSignal(() => new Promise<void>((done) => (finish = done)));
    process.emit("SIGINT", "SIGINT");
    vi.advanceTimersByTime(100);
    process.emit("SIGINT", "SIGINT");
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    process.emit("SIGTERM", "SIGTERM");
    expect(exit).toHaveBeenCalledWith(143);
    finish();
    await work;
  });

  it("does not hide what the work could not save", async () => {
    const full = new Error("disk full");
    const work = untilSignal((signal) => untilCancelled(signal).catch(() => Promise.reject(full)));
    process.emit("SIGTERM", "SIGTERM");
    await expect(work).rejects.toBe(full);
  });
});
