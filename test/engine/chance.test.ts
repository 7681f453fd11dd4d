/** The chance level of overlap: found beside everything else, kept in the run's file, never in anybody's way. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHANCE_DRAWS, drawChance } from "../../src/analysis/samples/chance";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import { sentenceShuffler } from "../../src/analysis/samples/shuffledSentences";
import { parseRun } from "../../src/formats/parseRun";
import { NOT_SCORED } from "../../src/formats/run";
import { serializeRun } from "../../src/formats/serializeRun";
import { type RunAnalyser, startAnalyser } from "../../src/jobs/runs/workerClient";
import type { ToAnchors } from "../../src/protocol/panels";
import { RunRequest } from "../../src/protocol/runs";
import { importedText } from "../support/importedSamples";
import { testPair } from "../support/models";
import { plantTexts } from "../support/plantedTexts";
import { configurationOf, ServerClient } from "../support/serverClient";
import { waitUntil } from "../support/waitUntil";

const { texts } = plantTexts({ texts: 12, characters: 200, sentences: 2 });
const large = plantTexts({ texts: 60, characters: 1000 }).texts;

describe("an analyser", () => {
  let analyser: RunAnalyser;
  beforeEach(() => {
    analyser = startAnalyser(resolve("dist/alignment.mjs"));
  });
  afterEach(() => analyser.dispose());

  const samples = texts.map((text, index) => ({
    index,
    ended: null,
    text,
    tokens: null,
    scored: NOT_SCORED,
  }));

  it("draws in a thread what is drawn here, and tells how far it is", async () => {
    const heard: number[] = [];
    const draws = await analyser.chance({ kind: "sentences", texts }, (far) => heard.push(far));
    expect(draws).toEqual(drawChance(sentenceShuffler(texts)!));
    expect(heard).toHaveLength(CHANCE_DRAWS);
  });

  it("answers the sliders while it draws, and gives up when asked", async () => {
    await analyser.analyse("rlhf", "twinlens", { samples, alignment: null, ngrams: null });
    const job = new AbortController();
    let isDrawing = false;
    let isOver = false;
    const chance = analyser
      .chance({ kind: "sentences", texts: large }, () => (isDrawing = true), job.signal)
      .finally(() => (isOver = true));
    await waitUntil("something is drawn", () => Promise.resolve(isDrawing));
    for (const minLength of [10, 20, 30]) {
      await analyser.anchors("rlhf", "twinlens", { ...DEFAULT_ANCHORS, minLength });
      expect(isOver).toBe(false);
    }
    job.abort();
    expect(await chance).toBeNull();
    expect(await analyser.anchors("rlhf", "twinlens", DEFAULT_ANCHORS)).not.toBeNull();
  });

  it("ends what it draws when it is disposed of", async () => {
    const chance = analyser.chance({ kind: "sentences", texts: large });
    await analyser.dispose();
    expect(await chance).toBeNull();
    expect(await analyser.chance({ kind: "sentences", texts })).toBeNull();
  });
});

describe("an open run", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-chance-"));
  const file = join(folder, "run.twinlens.json");
  let client: ServerClient;
  beforeEach(async () => {
    client = await ServerClient.start(configurationOf(testPair({ name: "chance" })));
  });
  afterEach(() => client.stop());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const said = (id: string): ToAnchors[] =>
    client.said.runs.filter((message) => message.id === id).map(({ message }) => message);
  const chanceOf = (id: string) =>
    said(id).findLast(
      (message): message is Extract<ToAnchors, { type: "chance" }> => message.type === "chance",
    )?.chance;
  const isDone = (id: string) =>
    said(id).some(
      ({ type, ...rest }) => type === "progress" && JSON.stringify(rest).includes("done"),
    );
  const open = (id: string, text: string, saving: "follow" | "ask" = "follow") =>
    client.request(RunRequest.open, { id, text, file, saving });
  const saved = () => parseRun(readFileSync(file, "utf8"));

  it("says its chance level after everything else, and keeps it", async () => {
    await open("new", importedText("How?", texts));
    await client.until(() => chanceOf("new") !== undefined);
    expect(chanceOf("new")).toMatchObject({ kind: "sentences", draws: CHANCE_DRAWS, seed: 1 });
    const types = said("new").map(({ type }) => type);
    expect(types.lastIndexOf("chance")).toBeGreaterThan(types.lastIndexOf("progress"));
    await waitUntil("it is saved", () => Promise.resolve(saved().rlhf!.chance !== undefined));
    await client.request(RunRequest.close, { id: "new" });

    // Another one than it would find, so that it is seen to be taken from the file.
    const run = saved();
    run.rlhf!.chance = { ...run.rlhf!.chance!, seed: 7 };
    writeFileSync(file, serializeRun(run));
    await open("again", readFileSync(file, "utf8"));
    await client.until(() => isDone("again"));
    expect(chanceOf("again")?.seed).toBe(7);
  });

  it("that is only looked at is not written, and has its chance level all the same", async () => {
    const run = saved();
    delete run.rlhf!.chance;
    const text = serializeRun(run);
    writeFileSync(file, text);
    await open("looked", text, "ask");
    await client.until(() => chanceOf("looked") !== undefined);
    await client.request(RunRequest.close, { id: "looked" });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("of too few sentences has none", async () => {
    await open("short", importedText("How?", ["Yes.", "No.", "Yes."]));
    await client.until(() => isDone("short"));
    await client.request(RunRequest.close, { id: "short" });
    expect(chanceOf("short")).toBeUndefined();
    expect(said("short").filter(({ type }) => type === "error")).toEqual([]);
  });
});
