import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { DocumentRequest } from "../../src/protocol/documents";
import type { Summary } from "../../src/protocol/summary";
import { testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const SENTENCE = "The fox went to the forest and asked the bird, which answered slowly.\n";
const LONG = SENTENCE.repeat(2000);

describe("when a job fails", () => {
  let client: ServerClient;
  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(testPair()));
  });
  afterAll(() => client.stop());

  it("the scores that its document had are still there, and score on", async () => {
    const uri = "file:///work/kept.txt";
    client.open(uri, LONG);
    const cancel = new CancellationTokenSource();
    const job = client.request(DocumentRequest.highlight, wholeOf(uri), cancel.token);
    await client.until(() =>
      client.said.progress.some(
        (p) => p.phase === "scoring" && p.role === "base" && p.fraction > 0,
      ),
    );
    cancel.cancel();
    const before = await job;
    const count = ({ base, rlhf }: Summary) =>
      (base?.scoredTokens ?? 0) + (rlhf?.scoredTokens ?? 0);
    expect(count(before)).toBeGreaterThan(0);
    expect(before.complete).toBe(false);

    client.said.progress.length = 0;
    const failing = client.request(DocumentRequest.highlight, wholeOf(uri));
    const failed = expect(failing).rejects.toMatchObject({ data: { code: "EngineCrashed" } });
    await client.until(() => client.said.progress.some(({ phase }) => phase === "scoring"));
    process.kill(client.enginePids()[0]!, "SIGKILL");
    await failed;

    const after = await client.request(DocumentRequest.summary, { uri, range: null });
    expect(after.complete).toBe(false);
    expect(count(after)).toBeGreaterThan(0);
    expect((await client.cells(uri, "base")).cells.length).toBeGreaterThan(0);

    await client.edit(uri, 0, LONG.length, SENTENCE);
    const again = await client.request(DocumentRequest.highlight, wholeOf(uri));
    expect(again).toMatchObject({ complete: true, version: 2 });
  });

  it("a document that never had scores is forgotten", async () => {
    const broken = resolve("package.json");
    const other = await ServerClient.start(configurationOf({ base: broken }));
    const uri = "file:///work/forgotten.txt";
    other.open(uri, SENTENCE);
    await expect(other.request(DocumentRequest.highlight, wholeOf(uri))).rejects.toThrow();
    await expect(other.request(DocumentRequest.summary, { uri, range: null })).rejects.toThrow();
    expect(other.isSynchronised(uri)).toBe(false);
    await other.stop();
  });
});
