import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { documentTarget } from "../../src/protocol/documentTarget";
import { StudyRequest } from "../../src/protocol/studies";
import type { StudyCellView, StudyProgress, ToStudy } from "../../src/protocol/studyPanel";
import { testPair } from "../support/models";
import { configurationOf, ServerClient } from "../support/serverClient";

const TEXTS = Array.from(
  { length: 20 },
  (_, i) => `Lamp ${i} went out. ${"The old man counted the lights again. ".repeat(1 + (i % 7))}`,
);

let client: ServerClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-studies-"));
  const lines = TEXTS.map((text) => JSON.stringify({ text }));
  writeFileSync(join(folder, "a.jsonl"), lines.slice(0, 12).join("\n"));
  writeFileSync(join(folder, "b.jsonl"), lines.slice(12).join("\n"));
  client = await ServerClient.start(configurationOf(testPair()));
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  client.said.studies.length = 0;
});

const OWN = "own: { prefixes: 2, tokens: 12 }";
const write = (name: string, measures: string, corpora = "ab", own = OWN) => {
  const file = join(folder, `${name}.twinlens-study.yaml`);
  const named = [...corpora].map((corpus) => `  - { name: ${corpus}, paths: ${corpus}.jsonl }`);
  const head = ["version: 1", `measures: [${measures}]`, own, "corpora:"];
  writeFileSync(file, [...head, ...named].join("\n"));
  return file;
};
const said = (file: string) =>
  client.said.studies.filter((one) => one.file === file).map(({ message }) => message);
type Told = Extract<ToStudy, { readonly progress: StudyProgress }>;
const last = (file: string) =>
  said(file).findLast((message): message is Told => message.type !== "error");
const states = ({ cells }: { readonly cells: readonly StudyCellView[] }) =>
  cells.map(({ state }) => state.kind);
const ended = (file: string) => client.until(() => last(file)?.progress.running === false);

it("a study is shown, measured with an engine of its own, and its report follows", async () => {
  const file = write("whole", "perplexity, own");
  await client.request(StudyRequest.show, { file });
  expect(said(file)).toMatchObject([{ type: "show", title: "whole", report: null }]);
  expect(states(last(file)!)).toEqual(["waiting", "waiting", "waiting", "waiting"]);
  await client.request(StudyRequest.run, { file });
  await client.until(() => client.said.jobs.at(-1)?.[0]?.kind === "study");
  await client.until(() => said(file).some((one) => one.type === "show" && one.report !== null));
  await ended(file);
  await client.until(() => client.said.jobs.at(-1)?.length === 0);
  expect(states(last(file)!)).toEqual(["done", "done", "done", "done"]);
  expect(client.enginePids()).toEqual([]);
  expect(
    await client.request(StudyRequest.states, { files: [file, `${file}.gone`] }),
  ).toMatchObject([{ kind: "cells", measured: 4, cells: 4 }, { kind: "faulty" }]);
  const shown = said(file).findLast((one) => one.type === "show");
  expect(shown?.report?.figures.length).toBeGreaterThan(0);
  const params = { file, format: "markdown", pictures: "my-pictures" } as const;
  const { text, pictures } = await client.request(StudyRequest.report, params);
  expect(pictures.length).toBeGreaterThan(0);
  for (const { name } of pictures) expect(text).toContain(`my-pictures/${name}`);
});

it("two studies are measured one after the other, and one that waits is cancelled", async () => {
  // It lasts until it is cancelled.
  const first = write("first", "own", "ab", "own: { prefixes: 2, tokens: 2000 }");
  const second = write("second", "perplexity");
  await client.request(StudyRequest.show, { file: second });
  await client.request(StudyRequest.run, { file: first });
  await client.request(StudyRequest.run, { file: second });
  const jobs = () => client.said.jobs.at(-1) ?? [];
  await client.until(() => jobs().length === 2);
  expect(jobs()[1]).toMatchObject({ title: "second", waitsFor: "first" });
  expect(last(second)?.progress.what).toBe("waiting for another study");
  await client.request(StudyRequest.cancel, { file: second });
  await client.request(StudyRequest.cancel, { file: first });
  await client.until(() => jobs().length === 0);
  expect(states(last(second)!)).toEqual(["waiting", "waiting"]);
});

it("what was cancelled goes on later, also in another server, and ends as if nothing had been", async () => {
  const [cut, whole] = [write("cut", "perplexity, own"), write("uncut", "perplexity, own")];
  await client.request(StudyRequest.show, { file: cut });
  await client.request(StudyRequest.run, { file: cut });
  await client.until(() => last(cut) !== undefined && states(last(cut)!).includes("done"));
  await client.request(StudyRequest.cancel, { file: cut });
  await ended(cut);
  await client.shutDown();
  await client.stop();
  client = await ServerClient.start(configurationOf(testPair()));
  for (const file of [cut, whole]) {
    await client.request(StudyRequest.show, { file });
    await client.request(StudyRequest.run, { file });
    await client.until(() => last(file)?.progress.running === true);
    await ended(file);
  }
  expect(states(last(cut)!)).toContain("cached");
  const [a, b] = [cut, whole].map((file) =>
    readFileSync(file.replace("study.yaml", "results.json"), "utf8"),
  );
  expect(a!.replace('"study": "cut"', '"study": "uncut"')).toBe(b);
});

it("a document is found again by what a figure calls it", async () => {
  const file = write("documents", "perplexity");
  const target = documentTarget("b", "b.jsonl#3");
  expect(await client.request(StudyRequest.document, { file, target })).toBe(TEXTS[14]);
  const gone = documentTarget("b", "b.jsonl#99");
  await expect(client.request(StudyRequest.document, { file, target: gone })).rejects.toThrow(
    "b.jsonl#99 is not in b any more.",
  );
});

it("a corpus that is gone fails alone, and says why", async () => {
  const file = write("gone", "perplexity");
  renameSync(join(folder, "b.jsonl"), join(folder, "c.jsonl"));
  await client.request(StudyRequest.show, { file });
  await client.request(StudyRequest.run, { file });
  await client.until(() => last(file)?.progress.running === true);
  await ended(file);
  renameSync(join(folder, "c.jsonl"), join(folder, "b.jsonl"));
  const [a, b] = last(file)!.cells;
  expect(a?.state.kind).toBe("done");
  expect(b?.state).toMatchObject({ kind: "failed" });
  expect(JSON.stringify(b?.state)).toContain("b.jsonl is no file or folder");
});

it("faults of a file are told with their places, and keep it from running", async () => {
  const text = "version: 1\ncorpora:\n  - name: a\n    path: a.jsonl\n";
  const [fault] = await client.request(StudyRequest.check, { text });
  expect(fault).toMatchObject({ line: 3 });
  const file = join(folder, "faulty.twinlens-study.yaml");
  writeFileSync(file, text);
  await expect(client.request(StudyRequest.run, { file })).rejects.toThrow("Line 3");
  const [state] = await client.request(StudyRequest.states, { files: [file] });
  expect(state?.kind).toBe("faulty");
  expect(
    await client.request(StudyRequest.check, { text: readFileSync(write("x", "own"), "utf8") }),
  ).toEqual([]);
});
