import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Job } from "../../src/protocol/jobs";
import { Jobs } from "../../src/server/jobs/jobs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A list, and what was said of it last. */
function listed() {
  let last: readonly Job[] = [];
  const jobs = new Jobs((said) => (last = said));
  const now = () => {
    vi.runAllTimers();
    return last;
  };
  return { jobs, now };
}

const scoring = (uri: string, secondsLeft: number | null) =>
  ({ uri, phase: "scoring", role: "base", fraction: 0.5, secondsLeft }) as const;
const drawing = { kind: "sampling", role: "base", done: 0, secondsLeft: null } as const;

it("documents wait for the one before, and take what was estimated until they say more", () => {
  const { jobs, now } = listed();
  jobs.expect("file:///work/b%20c.txt", 90);
  const a = jobs.addDocument("file:///work/a.txt");
  jobs.addDocument("file:///work/b%20c.txt");
  jobs.follow(scoring("file:///work/a.txt", 12));
  expect(now()).toMatchObject([
    { title: "a.txt", waitsFor: null, secondsLeft: 12 },
    { title: "b c.txt", waitsFor: "a.txt", secondsLeft: 90, progress: null },
  ]);
  a.end();
  jobs.follow(scoring("file:///work/b%20c.txt", null));
  expect(now()).toMatchObject([{ title: "b c.txt", waitsFor: null, secondsLeft: 90 }]);
  jobs.follow({ ...scoring("file:///work/b%20c.txt", 0), phase: "idle" });
  expect(now()).toHaveLength(1);
});

it("an estimate is of the next job alone", () => {
  const { jobs, now } = listed();
  const uri = "file:///work/a.txt";
  jobs.expect(uri, 90);
  jobs.addDocument(uri).end();
  jobs.addDocument(uri);
  expect(now()).toMatchObject([{ uri, secondsLeft: null }]);
});

it("models that are loaded stand there, for a document and for none, and are in nobody's way", () => {
  const { jobs, now } = listed();
  const loading = (uri: string) => ({ ...scoring(uri, null), phase: "loading" }) as const;
  const wanted = jobs.addLoading("");
  const estimate = jobs.addLoading("file:///work/a.txt");
  jobs.addDocument("file:///work/b.txt");
  jobs.follow(loading(""));
  jobs.follow(loading("file:///work/a.txt"));
  expect(now()).toMatchObject([
    { kind: "loading", title: "Models", progress: { phase: "loading" } },
    { kind: "loading", title: "a.txt", waitsFor: null, progress: { phase: "loading" } },
    { kind: "document", title: "b.txt", waitsFor: null },
  ]);
  wanted.end();
  estimate.end();
  expect(now()).toMatchObject([{ title: "b.txt" }]);
});

it("runs go beside documents, and wait for a run that draws from the same model", () => {
  const { jobs, now } = listed();
  jobs.addDocument("file:///work/a.txt");
  const progress = { ...drawing, tokensPerSecond: null };
  const run = { file: null, samples: 10, progress };
  const foxes = jobs.addRun({ ...run, id: "1", title: "Foxes" });
  jobs.addRun({ ...run, id: "2", title: "Frogs" });
  foxes.move({ ...progress, tokensPerSecond: 50, done: 3 }, 660);
  expect(now().slice(1)).toMatchObject([
    { title: "Foxes", waitsFor: null, secondsLeft: 660, progress: { done: 3 } },
    { title: "Frogs", waitsFor: "Foxes" },
  ]);
  foxes.move({ ...progress, role: "rlhf" }, 300);
  expect(now()[2]).toMatchObject({ title: "Frogs", waitsFor: null });
  foxes.end();
  expect(now().map(({ title }) => title)).toEqual(["a.txt", "Frogs"]);
});

it("a transfer goes on beside all others", () => {
  const { jobs, now } = listed();
  jobs.addDocument("file:///work/a.txt");
  const transfer = jobs.addTransfer({ source: "hf:a/b/c.gguf", title: "c" });
  transfer.move({ bytes: 3, total: 10, secondsLeft: 7 });
  expect(now()[1]).toMatchObject({ kind: "transfer", waitsFor: null, bytes: 3, secondsLeft: 7 });
  transfer.end();
  expect(now()).toHaveLength(1);
});
