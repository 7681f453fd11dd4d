/** Probes in the editor: trained by the real server, asked by hovers, cancelled and forgotten. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hover } from "vscode-languageserver/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DocumentRequest } from "../../src/protocol/documents";
import { ProbeRequest, type TrainedProbe, type TrainProbeParams } from "../../src/protocol/probes";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";
import { waitUntil } from "../support/waitUntil";

const URI = "file:///work/story.txt";
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const story = Array.from({ length: 1200 }, (_, i) => WORDS[i % WORDS.length]).join(" ");
const storage = folderWith({});
const folder = join(storage, "probes");

let client: ServerClient;
beforeAll(async () => {
  client = await ServerClient.start(configurationOf(testPair(), { cacheMB: 10 }, storage));
  client.open(URI, story.slice(0, 3000));
  await client.request(DocumentRequest.highlight, wholeOf(URI));
});
afterAll(() => client.stop());

const train = (params: Partial<TrainProbeParams> = {}) =>
  client.request(ProbeRequest.train, {
    role: "rlhf",
    texts: { kind: "document", name: "story.txt", text: story },
    ownText: false,
    ...params,
  });
const list = () => client.request(ProbeRequest.list, null);
const hoverAt = async (character: number) => {
  const params = { textDocument: { uri: URI }, position: { line: 0, character } };
  const hover = await client.ask<Hover | null>("textDocument/hover", params);
  return (hover?.contents as { readonly value: string } | undefined)?.value ?? "";
};
const LINE =
  /Layer 1 of RLHF already expects \*\*.+\*\* in 2 tokens, \*\*.+\*\* in 3, \*\*.+\*\* in 4 \(right in/u;

describe("a probe of a text as it is", () => {
  let probe: TrainedProbe;
  beforeAll(async () => {
    expect(await hoverAt(1500)).not.toContain("Layer");
    probe = await train();
  });

  it("says what it was trained on, and how often it and its best control are right", () => {
    expect(probe).toMatchObject({ layer: 1, layers: 2, ownText: false, trainedOn: ["story.txt"] });
    expect(probe.found.map(({ ahead }) => ahead)).toEqual([1, 2, 3]);
    // Eight words over and over: what comes is certain for whoever has read the last few letters.
    for (const { share, control } of probe.found) {
      expect(share).toBeGreaterThan(0.3);
      expect(control).toBeGreaterThan(0);
      expect(control).toBeLessThanOrEqual(1);
    }
    expect(probe.reported).toBeGreaterThan(500);
  });

  it("was listed while it was trained", async () => {
    const jobs = client.said.jobs.flat().filter(({ kind }) => kind === "probe");
    expect(jobs.map(({ title }) => title)).toContain("Probe of the RLHF Model");
    await client.until(() => client.said.jobs.at(-1)?.length === 0);
  });

  it("is asked by hovers, which wait no longer than a moment", async () => {
    const start = performance.now();
    await hoverAt(1500);
    expect(performance.now() - start).toBeLessThan(2000);
    await waitUntil("the hover has its line", async () => LINE.test(await hoverAt(1500)));
    const shown = await hoverAt(1500);
    const { found } = probe;
    expect(shown).toContain(`right in ${Math.round(100 * found[0]!.share)} %`);
    // The other model has none.
    expect(shown).not.toContain("of the base model already");
    // What stands there is no markup.
    expect(/expects (.*) in 2 tokens/u.exec(shown)![1]).toMatch(
      /^\*\*(?:&#\d+;|[\p{L}\p{N} ])+\*\*$/u,
    );
  });

  it("is not asked where scores are out of date", async () => {
    await client.edit(URI, 100, 101, "x");
    expect(await hoverAt(1500)).not.toContain("Layer");
    await client.request(DocumentRequest.highlight, wholeOf(URI));
    await waitUntil("the hover has its line", async () => LINE.test(await hoverAt(1500)));
  });

  it("is replaced by the next of its model, and both are of that model alone", async () => {
    const next = await train();
    expect((await list()).map(({ id }) => id)).toEqual([next.id]);
    const other = await train({ role: "base" });
    expect((await list()).map(({ id }) => id)).toEqual([other.id, next.id]);
    expect(readdirSync(folder)).toHaveLength(4);
    await waitUntil("the hover has its line", async () =>
      /Layer 1 of the base model/u.test(await hoverAt(1500)),
    );
    await client.request(ProbeRequest.forget, { id: other.id });
  });

  it("is said to be damaged where it is, and is gone when it is forgotten", async () => {
    const [{ id } = { id: "" }] = await list();
    const path = join(folder, `${id}.probe`);
    const bytes = readFileSync(path);
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    writeFileSync(path, bytes);
    // Another window of tokens than those that are known already.
    await waitUntil("the hover has its line", async () =>
      (await hoverAt(2900)).includes("can't be read any more"),
    );
    await client.request(ProbeRequest.forget, { id });
    expect(await list()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(await hoverAt(2900)).not.toContain("probe");
  });
});

describe("training", () => {
  it("on what the model itself writes goes on from beginnings of files", async () => {
    const texts = folderWith({ "a.txt": story.slice(0, 2500), "b.txt": story.slice(0, 2500) });
    const probe = await train({ ownText: true, texts: { kind: "files", paths: [texts] } });
    expect(probe).toMatchObject({ ownText: true });
    expect(probe.trainedOn).toHaveLength(1);
    await client.request(ProbeRequest.forget, { id: probe.id });
  });

  it("says how much text it needs", async () => {
    const texts = { kind: "document", name: "short.txt", text: "Once upon a time." } as const;
    await expect(train({ texts })).rejects.toThrow(/at least 1,0\d\d tokens, about \d+ words/u);
    await expect(train({ texts, ownText: true })).rejects.toThrow(/at least 225 words/u);
    expect(await list()).toEqual([]);
  });

  it("can be cancelled, is refused beside another, and leaves nothing", async () => {
    const job = train();
    await client.until(() => client.said.jobs.at(-1)?.[0]?.kind === "probe");
    await expect(train()).rejects.toThrow(/is being trained/u);
    await client.request(ProbeRequest.cancel, null);
    await expect(job).rejects.toThrow(/cancelled/iu);
    await client.until(() => client.said.jobs.at(-1)?.length === 0);
    expect(await list()).toEqual([]);
  });

  it("passes over files that are no probes", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "00000000-0000-0000-0000-000000000000.json"), '{"version":1}');
    writeFileSync(join(folder, "notes.json"), "?");
    expect(await list()).toEqual([]);
  });
});
