import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DocumentNotice, DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { RunRequest } from "../../src/protocol/runs";
import { testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const SENTENCE = "The fox went to the forest and asked the bird, which answered slowly.\n";
const [long, short] = ["file:///work/long.txt", "file:///work/short.txt"];

let client: ServerClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-jobs-"));
  const settings = { samples: 200, maxTokens: 200 };
  client = await ServerClient.start(configurationOf(testPair(), settings));
  client.open(long, SENTENCE.repeat(4000));
  client.open(short, SENTENCE);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const listed = () => client.said.jobs.at(-1) ?? [];
const titles = () => listed().map(({ title }) => title);
const highlight = (uri: string) => client.request(DocumentRequest.highlight, wholeOf(uri));

it("the list says what runs, what waits and how long all of it takes, and each is cancelled alone", async () => {
  const scoring = highlight(long);
  await client.until(() => listed().some(({ secondsLeft }) => secondsLeft !== null));
  const waiting = highlight(short);
  await client.until(() => titles().length === 2);
  expect(listed()[1]).toMatchObject({ title: "short.txt", waitsFor: "long.txt", progress: null });

  const file = join(folder, "fox.twinlens.json");
  await client.request(RunRequest.start, { id: "fox", prompt: "A fox", file });
  await client.until(() => titles().includes("A fox"));
  await client.until(() => {
    const run = listed().find(({ kind }) => kind === "run");
    return run !== undefined && run.secondsLeft !== null && run.secondsLeft > 0;
  });
  expect(listed().find(({ kind }) => kind === "run")).toMatchObject({ id: "fox", file });

  await client.notify(DocumentNotice.cancel, { uri: long });
  expect((await scoring).complete).toBe(false);
  expect((await waiting).complete).toBe(true);
  await client.until(() => titles().join() === "A fox");
  await client.request(RunRequest.cancel, { id: "fox" });
  await client.until(() => listed().length === 0);
});

it("models that are loaded stand there until they are", async () => {
  const loading = () =>
    client.said.jobs.flat().find((job) => job.kind === "loading" && job.uri === "");
  // The list is told of twice a second: a load that falls between two is in neither.
  while (loading() === undefined) {
    await client.request(ModelRequest.unload, null);
    await client.request(ModelRequest.load, null);
  }
  expect(loading()).toMatchObject({ title: "Models", waitsFor: null });
  await client.until(() => listed().length === 0);
});

it("a run is in its file before anything is drawn", async () => {
  const file = join(folder, "bird.twinlens.json");
  await client.request(RunRequest.start, { id: "bird", prompt: "A bird", file });
  const progress = () =>
    client.said.runs.flatMap(({ id, message }) =>
      id === "bird" && message.type === "progress" ? message.progress : [],
    );
  await client.until(() => titles().includes("A bird"));
  expect(existsSync(file)).toBe(true);
  expect(progress().at(-1)).toMatchObject({ kind: "sampling", done: 0 });
  await client.request(RunRequest.close, { id: "bird" });
});
