import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import type { RunProgress } from "../../src/protocol/anchorViews";
import { parseRun } from "../../src/formats/parseRun";
import { modelSource, type Run } from "../../src/formats/run";
import { serializeRun } from "../../src/formats/serializeRun";
import type { RequestType } from "../../src/protocol/channel";
import type { ToAnchors } from "../../src/protocol/panels";
import { DocumentRequest, type HighlightParams } from "../../src/protocol/documents";
import { type RunParams, RunRequest } from "../../src/protocol/runs";
import type { RunPrompt } from "../../src/protocol/runPrompt";
import type { Role } from "../../src/protocol/roles";
import type { Settings } from "../../src/protocol/settings";
import { importedText } from "../support/importedSamples";
import { testModel, testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const folder = mkdtempSync(join(tmpdir(), "twinlens-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL: Partial<Settings> = { samples: 8, maxTokens: 20 };
/** Three times as many as are drawn together, so that some are finished long before the last. */
const MANY: Partial<Settings> = { samples: 300, maxTokens: 60 };

let client: ServerClient;
afterAll(() => client.stop());

type Kind = ToAnchors["type"];
const said = (id: string) =>
  client.said.runs.filter((message) => message.id === id).map(({ message }) => message);
const saidOf = <T extends Kind>(id: string, type: T) =>
  said(id).filter((message): message is Extract<ToAnchors, { type: T }> => message.type === type);
const progress = (id: string): RunProgress | undefined => saidOf(id, "progress").at(-1)?.progress;
const isOver = (id: string) => ["done", "stopped"].includes(progress(id)?.kind ?? "");
const readRun = (file: string): Run => parseRun(readFileSync(file, "utf8"));

let next = 0;
/** Starts a run of its own; resolves when the server follows it. */
async function start(prompt = "Once upon a time", file?: string) {
  const id = `run ${next++}`;
  const started = { id, file: file ?? join(folder, `${id}.twinlens.json`) };
  await client.request(RunRequest.start, { ...started, prompt });
  return started;
}

/** Waits for what a request leads to: messages said after it. */
async function after(id: string, request: RequestType<RunParams, null>): Promise<void> {
  const before = saidOf(id, "show").length;
  await client.request(request, { id });
  await client.until(() => saidOf(id, "show").length > before && isOver(id));
}

describe("a run", () => {
  let run: { id: string; file: string };

  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(testPair({ name: "runs" }), SMALL));
    run = await start();
    await client.until(() => isOver(run.id));
  });
  afterAll(() => client.stop());

  it("is shown, drawn, aligned and scored, and ends", () => {
    expect(progress(run.id)).toEqual({ kind: "done" });
    const kinds = new Set(said(run.id).map(({ type }) => type));
    expect(kinds).toEqual(new Set(["show", "progress", "samples", "alignment", "anchors"]));
    const kindsOfProgress = saidOf(run.id, "progress").map((message) => message.progress.kind);
    expect(kindsOfProgress[0]).toBe("sampling");
    expect(kindsOfProgress.filter((kind) => kind === "done")).toHaveLength(1);
    const shown = saidOf(run.id, "show").at(-1)?.run;
    expect(shown?.rlhf?.promptSent).toBe("<s><|user|>\nOnce upon a time</s>\n<|assistant|>\n");
    expect(shown?.base).toMatchObject({ promptSent: "<s>Once upon a time", wanted: 8 });
    const samplesOf = (role: Role) =>
      saidOf(run.id, "samples").findLast((message) => message.role === role)!.samples;
    for (const { known } of [...samplesOf("base"), ...samplesOf("rlhf")]) {
      expect(known).toBe("scored");
    }
  });

  it("is kept whole in its file, and nothing else is left beside it", () => {
    const kept = readRun(run.file);
    for (const role of ["base", "rlhf"] as const) {
      const drawn = kept[role]!;
      expect(drawn.samples.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(drawn.alignment?.rows).toHaveLength(8);
      expect(drawn.anchors?.options).toEqual(DEFAULT_ANCHORS);
      expect(modelSource(drawn)?.model.sha256).toMatch(/^[0-9a-f]{64}$/);
      const last = saidOf(run.id, "samples").filter((message) => message.role === role);
      expect(drawn.samples.map(({ text }) => text)).toEqual(
        last.at(-1)?.samples.map(({ text }) => text),
      );
    }
    expect(kept.settings).toMatchObject({ samples: 8, resumed: false });
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("says everything again when asked", async () => {
    const first = saidOf(run.id, "show").length;
    await client.request(RunRequest.show, { id: run.id });
    expect(saidOf(run.id, "show")).toHaveLength(first + 1);
    expect(saidOf(run.id, "alignment").at(-1)?.alignment.rows).toHaveLength(8);
  });

  it("answers other options with other anchors, which its file keeps", async () => {
    const options = { ...DEFAULT_ANCHORS, minLength: 1, minShare: 0.01, limit: 3 };
    await client.request(RunRequest.setOptions, { id: run.id, options });
    const answers = saidOf(run.id, "anchors").slice(-2);
    expect(answers.map(({ role }) => role).sort()).toEqual(["base", "rlhf"]);
    for (const { anchors } of answers) {
      expect(anchors.options).toEqual(options);
      expect(anchors.anchors.length).toBeGreaterThan(0);
      for (const { bits } of anchors.anchors) {
        expect(bits.base).toBeGreaterThan(0);
        expect(bits.rlhf).toBeGreaterThan(0);
      }
    }
    await client.request(RunRequest.close, { id: run.id });
    await expect.poll(() => readRun(run.file).rlhf?.anchors?.options).toEqual(options);
  });

  it("is the same when it is opened again, and its file is not touched", async () => {
    const text = readFileSync(run.file, "utf8");
    const id = "opened";
    await client.request(RunRequest.open, { id, text, file: run.file });
    await client.until(() => isOver(id));
    expect(progress(id)).toEqual({ kind: "done" });
    for (const type of ["alignment", "anchors"] as const) {
      for (const role of ["base", "rlhf"] as const) {
        const of = (run: string) => saidOf(run, type).filter((message) => message.role === role);
        expect(withoutScores(of(id).at(-1)!)).toEqual(withoutScores(of(run.id).at(-1)!));
      }
    }
    // The file keeps five digits of the scores.
    const bitsOf = (run: string) =>
      saidOf(run, "anchors")
        .slice(-2)
        .flatMap(({ anchors }) => anchors.anchors.map(({ bits }) => bits));
    bitsOf(run.id).forEach(({ base, rlhf }, i) => {
      expect(bitsOf(id)[i]!.base! / base!).toBeCloseTo(1, 4);
      expect(bitsOf(id)[i]!.rlhf! / rlhf!).toBeCloseTo(1, 4);
    });
    expect(saidOf(id, "alignment")[0]?.alignment.ngrams.unit).toBe("tokens");
    expect(readFileSync(run.file, "utf8")).toBe(text);
  });

  it("may come from elsewhere, and is scored under the pair when asked", async () => {
    const id = "imported";
    const sentence = "The little fox went to the forest and asked the bird";
    const text = importedText("How?", [sentence, `${sentence}.`]);
    await client.request(RunRequest.open, { id, text, file: null });
    await client.until(() => isOver(id));
    const [anchor] = saidOf(id, "anchors").at(-1)!.anchors.anchors;
    expect(anchor).toMatchObject({ text: sentence, bits: { base: null, rlhf: null } });
    await after(id, RunRequest.score);
    expect(progress(id)).toEqual({ kind: "done" });
    const bits = saidOf(id, "anchors").at(-1)!.anchors.anchors[0]!.bits;
    expect(bits.base).toBeGreaterThan(10);
    expect(bits.rlhf).toBeGreaterThan(10);
    for (const { perplexity, tokens } of saidOf(id, "samples").at(-1)!.samples) {
      expect(perplexity).toBeGreaterThan(1);
      expect(tokens).toBeGreaterThan(5);
    }
    expect(saidOf(id, "alignment").at(-1)?.alignment.ngrams.unit).toBe("tokens");
    const asBase = "imported as base";
    const inBasePlace = importedText("How?", [sentence, `${sentence}.`], "base");
    await client.request(RunRequest.open, { id: asBase, text: inBasePlace, file: null });
    await client.until(() => isOver(asBase));
    expect(saidOf(asBase, "show").at(-1)?.run).toMatchObject({
      rlhf: null,
      base: { wanted: 2 },
    });
    // There is nothing to draw: no model has made them.
    await after(id, RunRequest.resume);
    expect(saidOf(id, "show").at(-1)?.run).toMatchObject({
      base: null,
      pair: "samples from elsewhere",
    });
  });

  describe("a sample of which is opened", () => {
    const sample = "By train, and then the little fox went by ship.";
    const uri = "file:///work/sample.md";
    const highlight = (params: Partial<HighlightParams>) =>
      client.request(DocumentRequest.highlight, { ...wholeOf(uri), ...params });
    let prompt: RunPrompt;

    beforeAll(() => client.open(uri, sample));

    it("has it scored after the run's prompt, with the run's numbers", async () => {
      const id = "with a sample that is opened";
      const file = join(folder, "opened sample.twinlens.json");
      const text = importedText("How?", [sample, "By ship."]);
      await client.request(RunRequest.open, { id, text, file });
      await client.until(() => isOver(id));
      await after(id, RunRequest.score);
      ({ prompt } = saidOf(id, "show").at(-1)!.run);
      const { base, rlhf } = await highlight({ prompt });
      expect(base?.prompt).toBe("<s>How?");
      expect(rlhf?.prompt).toBe("<s><|user|>\nHow?</s>\n<|assistant|>\n");
      expect(rlhf?.perplexity).toBeCloseTo(
        saidOf(id, "samples").at(-1)!.samples[0]!.perplexity!,
        9,
      );
      // The file keeps five digits of each token's logarithm.
      const { logProbabilities } = readRun(file).rlhf!.samples[0]!.scored.base!;
      const bits =
        logProbabilities.reduce((sum, logProbability) => sum - logProbability, 0) / Math.LN2;
      expect(base!.bits / bits).toBeCloseTo(1, 4);
    });

    it("goes on after the prompt when it is edited, with the numbers of a text that always was so", async () => {
      await client.edit(uri, 3, 8, "steamer");
      const again = await highlight({ again: true });
      expect(again.rlhf?.prompt).toContain("How?");
      const other = "file:///work/as edited.md";
      client.open(other, client.textOf(uri));
      const fresh = await highlight({ uri: other, prompt });
      expect([again.base?.bits, again.rlhf?.bits]).toEqual([fresh.base?.bits, fresh.rlhf?.bits]);
    });

    it("is scored alone when that is asked for", async () => {
      const after = await highlight({ again: true });
      const alone = await highlight({});
      expect([alone.base?.prompt, alone.rlhf?.prompt]).toEqual([null, null]);
      expect(alone.rlhf?.bits).not.toBeCloseTo(after.rlhf!.bits, 1);
    });
  });

  it("whose samples one pair has scored is not scored on by another", async () => {
    const id = "scored";
    const file = join(folder, "scored.twinlens.json");
    const text = importedText("How?", ["By train.", "By ship."]);
    await client.request(RunRequest.open, { id, text, file });
    await client.until(() => isOver(id));
    await after(id, RunRequest.score);
    const scored = readRun(file);
    expect(scored.rlhf?.source).toEqual({ kind: "file", name: "mine" });
    expect(scored.scorers).toMatchObject({
      base: { model: { name: "runs-base" }, prompt: "<s>How?" },
      rlhf: { prompt: "<s><|user|>\nHow?</s>\n<|assistant|>\n" },
    });
    scored.scorers.base!.model.name = "another";
    scored.rlhf!.samples[0]!.scored.base = null;
    const other = { id: "scored on", text: serializeRun(scored), file: null };
    await client.request(RunRequest.open, other);
    await client.until(() => isOver(other.id));
    await after(other.id, RunRequest.score);
    expect(progress(other.id)).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("were scored by another (all F32)") as string,
    });
  });

  it.each([
    ["{ no JSON", "This is not a Twinlens run."],
    ['{"format": "twinlens-run", "version": 99}', "Version 99 of this run needs a newer Twinlens."],
    ["", "This is not a Twinlens run."],
  ])("is refused as %j with its reason", async (text, message) => {
    const request = client.request(RunRequest.open, { id: "bad", text, file: null });
    await expect(request).rejects.toThrow(message);
  });

  it("that can't be saved says so and loses nothing", async () => {
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "A file where a folder should be.");
    const { id } = await start("Once", join(blocked, "run.twinlens.json"));
    await client.until(() => isOver(id));
    expect(progress(id)).toEqual({ kind: "done" });
    expect(saidOf(id, "error")[0]?.message).toMatch(/^The run could not be saved: E/);
    expect(saidOf(id, "alignment")).toHaveLength(2);
  });
});

describe("a run that is interrupted", () => {
  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(testPair({ name: "runs" }), MANY));
  });

  /** Resolves when some samples of the first model are there, and far from all. */
  const growing = (id: string) => client.until(() => saidOf(id, "samples").length > 10);

  const isDrawing = (id: string, role: Role) => {
    const now = progress(id);
    return now?.kind === "sampling" && now.role === role;
  };

  it("keeps what is finished, and goes on", async () => {
    const { id, file } = await start();
    await growing(id);
    await client.request(RunRequest.cancel, { id });
    await client.until(() => isOver(id));
    expect(progress(id)).toEqual({ kind: "stopped", reason: "Cancelled." });
    const kept = readRun(file).base!.samples;
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(MANY.samples!);
    expect(saidOf(id, "alignment").at(-1)?.alignment.rows).toHaveLength(kept.length);
    expect(readRun(file).rlhf).toBeNull();

    await client.request(RunRequest.resume, { id });
    await client.until(() => isDrawing(id, "rlhf"));
    const { base, settings } = readRun(file);
    expect(settings.resumed).toBe(true);
    expect(base!.samples.map(({ index }) => index)).toEqual(Array.from(Array(MANY.samples).keys()));
    for (const sample of kept) expect(base!.samples[sample.index]).toEqual(sample);
    await client.request(RunRequest.close, { id });
  });

  it("by the engine's death keeps what is finished, says why, and goes on with a new engine", async () => {
    const { id, file } = await start("The fox");
    await growing(id);
    for (const pid of client.enginePids()) process.kill(pid, "SIGKILL");
    await client.until(() => isOver(id));
    expect(progress(id)).toMatchObject({
      kind: "stopped",
      reason: expect.stringMatching(/^The engine stopped \(SIGKILL/) as string,
    });
    const kept = readRun(file).base!;
    expect(kept.samples.length).toBeGreaterThan(0);
    // What is there is aligned all the same.
    expect(kept.alignment?.rows).toHaveLength(kept.samples.length);

    await client.request(RunRequest.resume, { id });
    await client.until(() => isDrawing(id, "rlhf"));
    expect(readRun(file).base!.samples).toHaveLength(MANY.samples!);
    await client.request(RunRequest.close, { id });
  });

  it("does not go on with another model", async () => {
    const { id, file } = await start("The bird");
    await growing(id);
    await client.request(RunRequest.cancel, { id });
    await client.until(() => isOver(id));
    const text = readFileSync(file, "utf8").replaceAll('"runs-base"', '"another"');
    await client.request(RunRequest.open, { id: "other", text, file: null });
    await client.until(() => isOver("other"));
    await after("other", RunRequest.resume);
    expect(progress("other")).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("come from another (all F32)") as string,
    });
  });
});

describe("a pair that can't draw everything", () => {
  it("keeps the base model's samples when the other model has no chat template", async () => {
    const base = testModel({ name: "runs-plain" });
    client = await ServerClient.start(configurationOf({ base, rlhf: base }, SMALL));
    const { id, file } = await start();
    await client.until(() => isOver(id));
    expect(progress(id)).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("no chat template") as string,
    });
    expect(readRun(file).base?.alignment?.rows).toHaveLength(8);
    expect(saidOf(id, "anchors").map(({ role }) => role)).toEqual(["base"]);
  });

  it("names a prompt that is too long, and a pair without models", async () => {
    const { id } = await start("fox ".repeat(700));
    await client.until(() => isOver(id));
    expect(progress(id)).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("Shorten the prompt") as string,
    });
    await client.stop();
    client = await ServerClient.start(configurationOf({}));
    const none = await start();
    await client.until(() => isOver(none.id));
    expect(progress(none.id)).toEqual({
      kind: "stopped",
      reason: "No pair of models is chosen.",
    });
  });
});

/** A file keeps numbers to five digits, and no scores of the other model. */
function withoutScores(message: Extract<ToAnchors, { type: "alignment" | "anchors" }>): unknown {
  if (message.type === "alignment") {
    const { ngrams } = message.alignment;
    // As the file keeps them.
    const diversity = ngrams.diversity.map((share) => share && Number(share.toPrecision(5)));
    return { ...message.alignment, entropyBits: null, ngrams: { ...ngrams, diversity } };
  }
  const { anchors, ...rest } = message.anchors;
  return { ...rest, anchors: anchors.map((anchor) => ({ ...anchor, bits: null })) };
}
