import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DocumentNotice, DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { testModel, testPair } from "../support/models";
import { patience } from "../support/patience";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";
import { waitUntil } from "../support/waitUntil";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const SENTENCE = "The fox went to the forest and asked the bird, which answered slowly.\n";
const SHORT = SENTENCE.repeat(4);
const LONG = SENTENCE.repeat(2000);

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("jobs", () => {
  let client: ServerClient;
  let next = 0;
  const open = (text: string) => {
    const uri = `file:///work/document${next++}.txt`;
    client.open(uri, text);
    return uri;
  };
  const highlight = (uri: string) => client.request(DocumentRequest.highlight, wholeOf(uri));
  /** Resolves when the job has the base model's first scores; rejects when it fails before. */
  const scoring = (uri: string, job: Promise<unknown>) => {
    const isScoring = () =>
      client.said.progress.some(
        (p) => p.uri === uri && p.phase === "scoring" && p.role === "base" && p.fraction > 0,
      );
    return Promise.race([client.until(isScoring), job]);
  };

  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(testPair()));
  });
  afterAll(() => client.stop());

  it("refuse a document that no editor has open", async () => {
    await expect(highlight("file:///work/closed.txt")).rejects.toThrow("not open");
  });

  it("are cancelled by the request's token and keep what they have", async () => {
    const uri = open(LONG);
    const cancel = new CancellationTokenSource();
    const job = client.request(DocumentRequest.highlight, wholeOf(uri), cancel.token);
    await scoring(uri, job);
    cancel.cancel();
    const summary = await job;
    expect(summary.complete).toBe(false);
    expect(summary.base!.scoredTokens).toBeGreaterThan(0);
    expect(summary.base!.scoredTokens).toBeLessThan(summary.base!.tokens);
    const { cells } = await client.cells(uri, "base");
    expect(cells.length).toBeGreaterThan(0);
    await client.request(DocumentRequest.clear, { uri });
  });

  it("score what is on screen first, and follow it", async () => {
    const uri = open(LONG);
    const visible = { start: LONG.length - 2000, endExclusive: LONG.length - 1000 };
    const job = client.request(DocumentRequest.highlight, { ...wholeOf(uri), visible });
    const firstNotice = () => client.said.scored.find((s) => s.uri === uri);
    await client.until(() => firstNotice() !== undefined);
    expect(firstNotice()!.ranges[0]!.start).toBeGreaterThan(LONG.length / 2);
    const elsewhere = { start: LONG.length / 2, endExclusive: LONG.length / 2 + 500 };
    await client.notify(DocumentNotice.visible, { uri, visible: elsewhere });
    await client.until(() =>
      client.said.scored.some(
        (s) => s.uri === uri && s.ranges.some((r) => r.start < elsewhere.endExclusive),
      ),
    );
    await client.request(DocumentRequest.clear, { uri });
    await job;
  });

  it("score two documents at once", async () => {
    const [a, b] = [open(SHORT), open(SHORT.toUpperCase())];
    const summaries = await Promise.all([highlight(a), highlight(b)]);
    expect(summaries.map(({ complete }) => complete)).toEqual([true, true]);
    expect(summaries[0].base!.bits).not.toBe(summaries[1].base!.bits);
  });

  it("score a selection with its context", async () => {
    const uri = open(SHORT);
    await highlight(uri);
    const all = await client.cells(uri, "base");
    const range = { start: SENTENCE.length, endExclusive: 2 * SENTENCE.length };
    const summary = await client.request(DocumentRequest.highlight, { ...wholeOf(uri), range });
    expect(summary.complete).toBe(true);
    const part = await client.cells(uri, "base");
    expect(part.cells).toEqual(
      all.cells.filter(({ start, end }) => start < range.endExclusive && end > range.start),
    );
  });

  it("score an answer after its prompt in the RLHF model's template", async () => {
    const prompt = "What did the fox do?\n\n";
    const answer = "The fox went to the forest.";
    const uri = open(prompt + answer);
    const range = { start: prompt.length, endExclusive: prompt.length + answer.length };
    const summary = await client.request(DocumentRequest.highlight, {
      ...wholeOf(uri),
      range,
      asReply: true,
    });
    expect(summary.complete).toBe(true);
    const base = await client.cells(uri, "base");
    const rlhf = await client.cells(uri, "rlhf");
    expect(rlhf.cells.at(0)!.start).toBe(range.start);
    expect(rlhf.cells.at(-1)!.end).toBe(range.endExclusive);
    expect(base.cells.at(-1)!.end).toBe(range.endExclusive);
    await client.request(DocumentRequest.highlight, { ...wholeOf(uri), range });
    const raw = await client.cells(uri, "rlhf");
    expect(raw.cells.at(-1)!.value).not.toBeCloseTo(rlhf.cells.at(-1)!.value, 3);
  });

  it("refuse a reply without a prompt", async () => {
    const uri = open(SHORT);
    const range = { start: 0, endExclusive: 10 };
    await expect(
      client.request(DocumentRequest.highlight, { ...wholeOf(uri), range, asReply: true }),
    ).rejects.toThrow("prompt");
  });

  it("survive a document that is closed meanwhile", async () => {
    const uri = open(LONG);
    const job = highlight(uri);
    await scoring(uri, job);
    await client.close(uri);
    expect((await job).complete).toBe(false);
    await expect(client.request(DocumentRequest.summary, { uri, range: null })).rejects.toThrow();
  });

  it("go on with the new text when a document is edited meanwhile", async () => {
    const uri = open(LONG);
    const job = highlight(uri);
    await scoring(uri, job);
    await client.edit(uri, 0, 3, "A big");
    const summary = await job;
    expect(summary.complete).toBe(true);
    expect(summary.version).toBe(2);
    const { cells, stale } = await client.cells(uri, "rlhf");
    expect(stale).toEqual([]);
    expect(cells.at(-1)!.end).toBe(client.textOf(uri).length);
  });

  it("mark what an edit may have changed, and leave it out of the numbers", async () => {
    const uri = open(SHORT);
    const before = await highlight(uri);
    const at = 2 * SENTENCE.length + 4;
    await client.edit(uri, at, at, "old ");
    const { cells, stale } = await client.cells(uri, "base");
    // The token in which the words went has none of its text any more; the next one stands behind them.
    expect(stale.at(0)!.start).toBe(at + "old fox".length);
    expect(stale.at(-1)!.endExclusive).toBe(SHORT.length + 4);
    expect(cells.some(({ start, end }) => start < at + 4 && end > at)).toBe(false);
    const summary = await client.request(DocumentRequest.summary, { uri, range: null });
    expect(summary.complete).toBe(false);
    expect(summary.base!.scoredTokens).toBeLessThan(before.base!.scoredTokens);
    const details = await client.request(DocumentRequest.details, { uri, offset: at + 8 });
    expect(details!.stale).toBe(true);
  });

  it.each([
    ["an empty document", ""],
    ["one blank", " "],
    [
      "binary rubbish",
      Array.from({ length: 500 }, (_, i) => String.fromCharCode((i * 7919) % 65536)).join(""),
    ],
    ["emoji", "😀".repeat(150)],
  ])("end with %s", async (_, text) => {
    const uri = open(text);
    const summary = await highlight(uri);
    expect(summary.complete).toBe(true);
    const { cells } = await client.cells(uri, "difference");
    expect(cells.at(-1)?.end ?? 0).toBe(text.length);
    await client.request(DocumentRequest.report, { uri });
    await client.ask("textDocument/codeLens", { textDocument: { uri } });
  });

  it("answer about five megabytes while they are scored, and stop", async () => {
    const text = SENTENCE.repeat(Math.ceil(5e6 / SENTENCE.length));
    const uri = open(text);
    const visible = { start: 1e6, endExclusive: 1e6 + 2000 };
    const job = client.request(DocumentRequest.highlight, { ...wholeOf(uri), visible });
    await scoring(uri, job);
    const reached = () =>
      client.said.scored.some(
        (s) => s.uri === uri && s.ranges.some((r) => r.endExclusive > visible.start + 100),
      );
    await client.until(reached);
    // Either model may have been the first.
    await waitUntil("what is on screen has cells", async () => {
      const { cells } = await client.cells(uri, "base", [visible.start, visible.endExclusive]);
      return cells.length > 0;
    });
    await client.edit(uri, 0, 0, "x");
    await client.request(DocumentRequest.clear, { uri });
    expect((await job).complete).toBe(false);
  });

  it("are estimated by a measured rate", async () => {
    const uri = open(LONG);
    const estimate = await client.request(DocumentRequest.estimate, wholeOf(uri));
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.tokens).toBeGreaterThan(4000);
    expect(client.isSynchronised(uri)).toBe(false);
  });

  it("fail once when the engine is killed, and the next request starts another", async () => {
    const uri = open(LONG);
    const job = highlight(uri);
    const failed = expect(job).rejects.toMatchObject({ data: { code: "EngineCrashed" } });
    await scoring(uri, job);
    const [engine] = client.enginePids();
    process.kill(engine!, "SIGKILL");
    await failed;
    const state = await client.request(ModelRequest.state, null);
    expect(state.models.map(({ state }) => state)).toEqual(["unloaded", "unloaded"]);
    expect(client.said.messages).toEqual([]);
    const other = open(SHORT);
    expect((await highlight(other)).complete).toBe(true);
    expect(client.enginePids()).not.toContain(engine);
  });
});

describe("models", () => {
  it("are loaded and freed on request, and say so", async () => {
    const client = await ServerClient.start(configurationOf(testPair()));
    const loaded = await client.request(ModelRequest.load, null);
    expect(loaded.models.map(({ state }) => state)).toEqual(["loaded", "loaded"]);
    expect(loaded.models[0]!.facts!.vocabularySize).toBeGreaterThan(0);
    const freed = await client.request(ModelRequest.unload, null);
    expect(freed.models.map(({ state }) => state)).toEqual(["unloaded", "unloaded"]);
    expect(client.said.models.map(({ models }) => models[0]!.state)).toContain("loading");
    await client.stop();
  });

  it("work alone", async () => {
    const client = await ServerClient.start(configurationOf({ base: testPair().base }));
    const uri = "file:///work/alone.txt";
    client.open(uri, SHORT);
    const summary = await client.request(DocumentRequest.highlight, wholeOf(uri));
    expect(summary.rlhf).toBeNull();
    expect(summary.increasePercent).toBeNull();
    expect((await client.cells(uri, "difference")).cells).toEqual([]);
    expect((await client.cells(uri, "baseRank")).cells.length).toBeGreaterThan(0);
    expect((await client.cells(uri, "rank")).cells).toEqual([]);
    await client.stop();
  });

  it("that are none give an error with a name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "twinlens-"));
    const path = join(folder, "text.gguf");
    writeFileSync(path, "not a model");
    const client = await ServerClient.start(configurationOf({ ...testPair(), rlhf: path }));
    const uri = "file:///work/broken.txt";
    client.open(uri, SHORT);
    await expect(client.request(DocumentRequest.highlight, wholeOf(uri))).rejects.toMatchObject({
      data: { code: "NotGguf" },
    });
    const state = await client.request(ModelRequest.state, null);
    expect(state.models[1]).toMatchObject({ state: "failed" });
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  it("with different tokenizers are compared by segments and bits per byte", async () => {
    const spm = testModel({ name: "spm", vocabulary: { kind: "spm", addBos: true } });
    const pair = { base: testPair().base, rlhf: spm };
    const client = await ServerClient.start(configurationOf(pair));
    const comparison = await client.request(ModelRequest.comparePair, {
      base: withoutAdapter(pair.base),
      rlhf: withoutAdapter(spm),
    });
    expect(comparison.sameTokenizer).toBe(false);
    expect(comparison.consequence).toContain("bits per byte");
    const uri = "file:///work/mixed.txt";
    client.open(uri, SHORT);
    const summary = await client.request(DocumentRequest.highlight, wholeOf(uri));
    expect(summary.sameTokenizer).toBe(false);
    const all = await client.cells(uri, "difference");
    const part = await client.cells(uri, "difference", [30, 90]);
    expect(part.cells).toEqual(all.cells.filter(({ start, end }) => start < 90 && end > 30));
    await client.stop();
  });
});

describe("live mode", () => {
  it("scores again after an edit as if from the start", async () => {
    const live = { ...configurationOf(testPair(), { liveDelay: 50 }), live: true };
    const client = await ServerClient.start(live);
    const uri = "file:///work/live.txt";
    client.open(uri, SENTENCE.repeat(20));
    await client.request(DocumentRequest.highlight, wholeOf(uri));
    const at = 10 * SENTENCE.length + 4;
    client.said.scored.length = 0;
    await client.edit(uri, at, at, "old grey ");
    await client.until(() => client.said.scored.some(({ complete }) => complete));
    const rescored = await client.cells(uri, "base");
    expect(rescored.stale).toEqual([]);

    const fresh = "file:///work/fresh.txt";
    client.open(fresh, client.textOf(uri));
    await client.request(DocumentRequest.highlight, wholeOf(fresh));
    expect(rescored.cells).toEqual((await client.cells(fresh, "base")).cells);
    await client.stop();
  });
});

describe("a document whose scoring was cancelled", () => {
  it("is scored by an edit in live mode only after the user has asked again", async () => {
    const live = { ...configurationOf(testPair(), { liveDelay: 50 }), live: true };
    const client = await ServerClient.start(live);
    const [uri, other] = ["file:///work/cancelled.txt", "file:///work/other.txt"];
    client.open(uri, LONG);
    client.open(other, SHORT);
    const cancel = new CancellationTokenSource();
    const job = client.request(DocumentRequest.highlight, wholeOf(uri), cancel.token);
    await client.until(() => client.said.scored.some((scored) => scored.uri === uri));
    cancel.cancel();
    expect((await job).complete).toBe(false);

    client.said.progress.length = 0;
    await client.edit(uri, 0, 3, "A big");
    await client.request(DocumentRequest.highlight, wholeOf(other));
    await client.edit(other, 0, 3, "A big");
    await client.until(() => client.said.scored.some((s) => s.uri === other && s.version === 2));
    expect(client.said.progress.filter((progress) => progress.uri === uri)).toEqual([]);

    await client.edit(uri, SHORT.length, LONG.length, "");
    expect((await client.request(DocumentRequest.highlight, wholeOf(uri))).complete).toBe(true);
    client.said.scored.length = 0;
    await client.edit(uri, 0, 5, "The");
    await client.until(() => client.said.scored.some((s) => s.uri === uri && s.complete));
    await client.stop();
  });
});

describe("the cache", () => {
  it("shows a document again without loading a model", async () => {
    const storage = mkdtempSync(join(tmpdir(), "twinlens-"));
    const pair = testPair();
    const uri = "file:///work/cached.txt";
    const first = await ServerClient.start(configurationOf(pair, {}, storage));
    first.open(uri, SHORT);
    const scored = await first.request(DocumentRequest.highlight, wholeOf(uri));
    const cells = await first.cells(uri, "difference");
    // Two models: a digest, a vocabulary and scores each.
    const files = () =>
      readdirSync(join(storage, "scores")).filter((name) => name.endsWith(".scores"));
    await expect.poll(() => files().length, { timeout: patience(30_000) }).toBe(6);
    await first.stop();

    const second = await ServerClient.start(configurationOf(pair, {}, storage));
    second.open(uri, SHORT);
    const estimate = await second.request(DocumentRequest.estimate, wholeOf(uri));
    expect(estimate.seconds).toBe(0);
    expect(await second.request(DocumentRequest.highlight, wholeOf(uri))).toEqual(scored);
    expect(await second.cells(uri, "difference")).toEqual(cells);
    const details = await second.request(DocumentRequest.details, { uri, offset: 5 });
    expect(details!.tokens[0]!.score!.distribution!.alternatives.length).toBeGreaterThan(0);
    expect(second.enginePids()).toEqual([]);
    await second.stop();
    rmSync(storage, { recursive: true });
  });

  it("keeps a reply's scores under the chat prompt's settings", async () => {
    const storage = mkdtempSync(join(tmpdir(), "twinlens-"));
    const uri = "file:///work/reply.txt";
    const prompt = "What did the fox do?\n";
    const range = { start: prompt.length, endExclusive: prompt.length + SENTENCE.length };
    const reply = { ...wholeOf(uri), range, asReply: true };
    const scored = async (systemPrompt: string) => {
      const configuration = configurationOf(testPair(), { systemPrompt }, storage);
      const client = await ServerClient.start(configuration);
      client.open(uri, prompt + SENTENCE);
      const { complete } = await client.request(DocumentRequest.highlight, reply);
      expect(complete).toBe(true);
      const cells = {
        base: (await client.cells(uri, "base")).cells,
        rlhf: (await client.cells(uri, "rlhf")).cells,
      };
      await client.stop();
      return cells;
    };
    const brief = await scored("Be brief.");
    const bold = await scored("Be bold.");
    expect(bold.base).toEqual(brief.base);
    expect(bold.rlhf.map(({ start }) => start)).toEqual(brief.rlhf.map(({ start }) => start));
    expect(bold.rlhf).not.toEqual(brief.rlhf);
    rmSync(storage, { recursive: true });
  });

  it("that can't be written is no failure", async () => {
    const folder = mkdtempSync(join(tmpdir(), "twinlens-"));
    const storage = join(folder, "file");
    writeFileSync(storage, "");
    const client = await ServerClient.start(configurationOf(testPair(), {}, storage));
    const uri = "file:///work/full.txt";
    client.open(uri, SHORT);
    expect((await client.request(DocumentRequest.highlight, wholeOf(uri))).complete).toBe(true);
    await client.stop();
    rmSync(folder, { recursive: true });
  });
});

describe("the processes", () => {
  it("end when the client disconnects mid-job", async () => {
    const client = await ServerClient.start(configurationOf(testPair()));
    const uri = "file:///work/long.txt";
    client.open(uri, LONG);
    client.request(DocumentRequest.highlight, wholeOf(uri)).catch(() => undefined);
    await client.until(() => client.said.progress.some(({ phase }) => phase === "scoring"));
    const [engine] = client.enginePids();
    client.disconnect();
    expect(await client.exited).toBe(0);
    await expect.poll(() => isAlive(engine!), { timeout: patience(30_000) }).toBe(false);
  });

  it("of the engine ends when the server is killed", async () => {
    const client = await ServerClient.start(configurationOf(testPair()));
    await client.request(ModelRequest.load, null);
    const [engine] = client.enginePids();
    process.kill(client.pid, "SIGKILL");
    await client.exited;
    await expect.poll(() => isAlive(engine!), { timeout: patience(30_000) }).toBe(false);
  });
});
