/** Where a run's file stands at every moment: nothing that was found is lost, and nothing is written unasked. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import { parseRun } from "../../src/formats/parseRun";
import type { ToAnchors } from "../../src/protocol/panels";
import { RunRequest } from "../../src/protocol/runs";
import { importedText } from "../support/importedSamples";
import { testPair } from "../support/models";
import { configurationOf, ServerClient } from "../support/serverClient";
import { waitUntil } from "../support/waitUntil";

const folder = mkdtempSync(join(tmpdir(), "twinlens-run-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Many times as many as are drawn together: drawing goes on while a test looks. */
const LONG = { samples: 900, maxTokens: 80 };

let client: ServerClient;
let file: string;
let next = 0;
beforeEach(async () => {
  client = await ServerClient.start(configurationOf(testPair({ name: "runs" }), LONG));
  file = join(folder, `${next++}.twinlens.json`);
});
afterEach(() => client.stop());

const said = (id: string) =>
  client.said.runs.filter((message) => message.id === id).map(({ message }) => message);
const last = <T extends ToAnchors["type"]>(id: string, type: T) =>
  said(id).findLast((message): message is Extract<ToAnchors, { type: T }> => message.type === type);
const progress = (id: string) => last(id, "progress")?.progress;
const isOver = (id: string) => ["done", "stopped"].includes(progress(id)?.kind ?? "");
const errors = (id: string) => said(id).filter(({ type }) => type === "error");
const saved = () => parseRun(readFileSync(file, "utf8"));
const samplesSaved = () => (existsSync(file) ? (saved().base?.samples.length ?? 0) : 0);

const draw = () =>
  client.request(RunRequest.start, { id: "run", prompt: "Once upon a time", file });

const sentence = "The little fox went to the forest and asked the bird";
const imported = (samples: number) => ({
  text: importedText(
    "How?",
    Array.from({ length: samples }, (_, i) => `${sentence} ${"again ".repeat(i % 40)}.`),
  ),
});

describe("while a run is drawn", () => {
  it("its file grows, so that a killed server takes the samples of seconds only", async () => {
    await draw();
    await waitUntil("samples are saved", () => Promise.resolve(samplesSaved() > 100));
    expect(progress("run")?.kind).toBe("sampling");
    process.kill(client.pid, "SIGKILL");
    await client.exited;
    expect(saved().base!.samples.every(({ text }) => text.length > 0)).toBe(true);
  });

  it("a server that is asked to end saves all that was shown", async () => {
    await draw();
    await client.until(() => said("run").filter(({ type }) => type === "samples").length > 150);
    const shown = said("run").filter(({ type }) => type === "samples").length - 1;
    await client.shutDown();
    expect(samplesSaved()).toBeGreaterThanOrEqual(shown);
  });

  it("a new name stays, and a deleted run does not come back", async () => {
    await draw();
    await waitUntil("samples are saved", () => Promise.resolve(samplesSaved() > 0));
    await client.request(RunRequest.rename, { file, name: "Foxes" });
    const before = samplesSaved();
    await waitUntil("more is saved", () => Promise.resolve(samplesSaved() > before));
    expect(saved().name).toBe("Foxes");
    await client.request(RunRequest.remove, { file });
    await client.until(() => isOver("run"));
    await client.request(RunRequest.close, { id: "run" });
    expect(existsSync(file)).toBe(false);
  });

  it("a second view of its file leaves the file to the first", async () => {
    await draw();
    await waitUntil("samples are saved", () => Promise.resolve(samplesSaved() > 0));
    const text = readFileSync(file, "utf8");
    await client.request(RunRequest.open, { id: "second", text, file });
    await client.until(() => isOver("second"));
    await client.request(RunRequest.close, { id: "second" });
    await client.request(RunRequest.cancel, { id: "run" });
    await client.until(() => isOver("run"));
    expect(samplesSaved()).toBe(last("run", "alignment")!.alignment.rows.length);
  });
});

describe("a run that is scored", () => {
  it("can be cancelled, is saved, and goes on", async () => {
    await client.request(RunRequest.open, { id: "run", ...imported(200), file });
    await client.until(() => isOver("run"));
    await client.request(RunRequest.score, { id: "run" });
    await client.until(() => {
      const now = progress("run");
      return now?.kind === "scoring" && now.fraction > 0;
    });
    await client.request(RunRequest.cancel, { id: "run" });
    await client.until(() => isOver("run"));
    expect(progress("run")).toEqual({ kind: "stopped", reason: "Cancelled." });
    expect(errors("run")).toEqual([]);
    const scored = () =>
      saved().rlhf!.samples.filter(({ scored: { base, rlhf } }) => (base ?? rlhf) !== null);
    const some = scored().length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(200);
    await client.request(RunRequest.score, { id: "run" });
    await client.until(() => progress("run")?.kind === "done");
    expect(scored()).toHaveLength(200);
  });
});

describe("a file", () => {
  it("of samples from elsewhere becomes a saved run at once", async () => {
    await client.request(RunRequest.open, { id: "run", ...imported(3), file });
    await client.until(() => isOver("run"));
    expect(saved().name).toBe("How?");
    expect(saved().rlhf!.samples).toHaveLength(3);
    expect(saved().rlhf!.alignment).not.toBeNull();
  });

  it("that is only looked at is left alone until its samples are scored", async () => {
    const source = join(folder, "source.twinlens.json");
    await client.request(RunRequest.open, {
      id: "import",
      ...imported(3),
      file: source,
    });
    await client.until(() => isOver("import"));
    await client.request(RunRequest.close, { id: "import" });
    // As somebody's formatter has left it.
    const text = JSON.stringify(JSON.parse(readFileSync(source, "utf8")), null, 2);
    writeFileSync(file, text);
    await client.request(RunRequest.open, { id: "run", text, file, saving: "ask" });
    await client.until(() => isOver("run"));
    const options = { ...DEFAULT_ANCHORS, minLength: 5 };
    await client.request(RunRequest.setOptions, { id: "run", options });
    await client.request(RunRequest.close, { id: "run" });
    await client.request(RunRequest.open, { id: "again", text, file, saving: "ask" });
    await client.until(() => isOver("again"));
    expect(readFileSync(file, "utf8")).toBe(text);
    await client.request(RunRequest.rename, { file, name: "Foxes" });
    expect(saved().name).toBe("Foxes");
    await client.request(RunRequest.score, { id: "again" });
    await client.until(() => progress("again")?.kind === "done" && saved().rlhf !== null);
    await waitUntil("the scores are saved", () =>
      Promise.resolve(saved().rlhf!.samples.every((sample) => sample.scored.base !== null)),
    );
  });
});
