import { afterAll, beforeAll, expect, it } from "vitest";
import { ConfigurationNotice } from "../../src/protocol/configuration";
import { DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const TEXT = "The fox went to the forest and asked the bird, which answered slowly.\n".repeat(4);
const uri = "file:///work/pairs.txt";
const textDocument = { uri };

const named = (name: string, pair: ReturnType<typeof testPair>) => {
  const configuration = configurationOf(pair, { liveDelay: 50, inlayHints: "all" });
  // Live mode must not score again by itself.
  return { ...configuration, live: true, pair: { ...configuration.pair, name } };
};
const twins = named("twins", testPair());
const siblings = named("siblings", testPair({ name: "siblings", seed: 77 }));

let client: ServerClient;
beforeAll(async () => {
  client = await ServerClient.start(twins);
  client.open(uri, TEXT);
});
afterAll(() => client.stop());

const summaryNow = () => client.request(DocumentRequest.summary, { uri, range: null });
const lenses = async () =>
  (
    await client.ask<{ command: { title: string } }[]>("textDocument/codeLens", {
      textDocument,
    })
  ).map(({ command }) => command.title);
const hints = () =>
  client.ask<unknown[]>("textDocument/inlayHint", {
    textDocument,
    range: { start: { line: 0, character: 0 }, end: { line: 4, character: 0 } },
  });
const copied = () => client.request(DocumentRequest.export, { uri, format: "markdown" });

it("numbers name the pair they were measured with, and nothing is scored by itself", async () => {
  const before = await client.request(DocumentRequest.highlight, wholeOf(uri));
  expect(before.measured).toEqual({ pair: "twins", replacedBy: null });
  expect(await hints()).not.toEqual([]);
  expect(await copied()).toContain("| RLHF |");

  client.said.scored.length = 0;
  await client.notify(ConfigurationNotice.changed, siblings);
  const old = await summaryNow();
  expect(old.base!.bits).toBe(before.base!.bits);
  expect(old.measured).toEqual({ pair: "twins", replacedBy: "siblings" });
  expect((await client.cells(uri, "difference")).stale).toEqual([
    { start: 0, endExclusive: TEXT.length },
  ]);
  expect(await client.request(DocumentRequest.details, { uri, offset: 5 })).toMatchObject({
    stale: true,
    measured: { pair: "twins" },
  });
  expect(await lenses()).toEqual(["Whole document · measured with twins: highlight again"]);
  expect(await hints()).toEqual([]);
  await expect(copied()).rejects.toThrow("were measured with twins");

  await client.edit(uri, 0, 0, "So ");
  await client.request(ModelRequest.state, null);
  expect(client.said.scored.some(({ complete }) => complete)).toBe(false);
  expect(client.enginePids()).toEqual([]);
});

it("the pair in use scores when it is asked to", async () => {
  const after = await client.request(DocumentRequest.highlight, wholeOf(uri));
  expect(after).toMatchObject({
    complete: true,
    measured: { pair: "siblings", replacedBy: null },
  });
  expect((await client.cells(uri, "difference")).stale).toEqual([]);
  expect(await copied()).toContain("| RLHF |");
});

it("what an edit leaves without a score is not copied as a dash", async () => {
  await client.notify(ConfigurationNotice.changed, {
    ...siblings,
    live: false,
  });
  await client.edit(uri, 0, 3, "");
  await expect(copied()).rejects.toThrow("Nothing of this text is scored");
});
