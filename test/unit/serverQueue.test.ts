import { describe, expect, it } from "vitest";
import { createQueue } from "../../src/server/jobs/queue";

/** Work that ends when the test says so, or when it is cancelled. */
function work(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = async (signal: AbortSignal) => {
    log.push(`${name} begins`);
    signal.addEventListener("abort", end);
    await ended;
    log.push(signal.aborted ? `${name} cancelled` : `${name} ends`);
  };
  return { run, end: () => end() };
}

describe("the queue", () => {
  it("runs one piece at a time, in order", async () => {
    const log: string[] = [];
    const queue = createQueue();
    const [a, b] = [work(log, "a"), work(log, "b")];
    const both = [queue.run("a", a.run), queue.run("b", b.run)];
    b.end();
    a.end();
    await Promise.all(both);
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("replaces a document's work by newer work", async () => {
    const log: string[] = [];
    const queue = createQueue();
    const [a, b, c] = [work(log, "a"), work(log, "b"), work(log, "c")];
    const first = queue.run("x", a.run);
    await Promise.resolve();
    const all = [first, queue.run("x", b.run), queue.run("x", c.run)];
    c.end();
    await Promise.all(all);
    expect(log).toEqual(["a begins", "a cancelled", "c begins", "c ends"]);
  });

  it("drops work that is cancelled before it begins", async () => {
    const log: string[] = [];
    const queue = createQueue();
    const a = work(log, "a");
    const controller = new AbortController();
    const both = [queue.run("a", a.run), queue.run("b", work(log, "b").run, controller.signal)];
    controller.abort();
    a.end();
    await Promise.all(both);
    expect(log).toEqual(["a begins", "a ends"]);
  });

  it("goes on after a failure", async () => {
    const queue = createQueue();
    await expect(queue.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const log: string[] = [];
    const b = work(log, "b");
    b.end();
    await queue.run("b", b.run);
    expect(log).toEqual(["b begins", "b ends"]);
  });
});
