/** The server fetches models from a hub on this machine: several at once, with pauses, in parts, and with a token that no trace holds. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { HubToken } from "../../src/host/models/hubToken";
import { ModelFileRequest } from "../../src/protocol/modelFiles";
import { ModelRequest } from "../../src/protocol/models";
import { startHubProcess } from "../support/hubClient";
import type { Hub } from "../support/hub";
import { testPair } from "../support/models";
import { configurationOf, ServerClient } from "../support/serverClient";

const TOKEN = "hf_QWERTYsecretOfNobody42";
const pair = testPair();
const base = readFileSync(pair.base);
const rlhf = readFileSync(pair.rlhf);
const source = (name: string) => `hf:harbour/ferry-GGUF/${name}.gguf`;

const storage = mkdtempSync(join(tmpdir(), "twinlens-model-files-"));
const catalog = join(storage, "catalog.json");
const folder = join(storage, "models", "harbour", "ferry-GGUF");
const configuration = configurationOf(pair, { catalogs: [catalog] }, storage);
let hub: Hub;
let client: ServerClient;

beforeAll(async () => {
  hub = await startHubProcess();
  process.env["HF_ENDPOINT"] = hub.url;
  const put = (name: string, content: Uint8Array, more: object = {}) =>
    hub.put({ path: `harbour/ferry-GGUF/${name}.gguf`, content, ...more });
  await put("ferry-base", base);
  await put("ferry-dpo", rlhf);
  await put("gated", base, { gated: { accepted: [TOKEN] } });
  await put("page", Buffer.from("<html>Sign in</html>"));
  const half = Math.floor(base.length / 2);
  await put("split-00001-of-00002", base.subarray(0, half));
  await put("split-00002-of-00002", base.subarray(half));
  const known = { family: "Ferry", size: "1M", quantisation: "F32", licence: "Apache-2.0" };
  const entry = (name: string, stage: string) => ({
    ...{ name, stage, ...known },
    ...{ source: source(name), bytes: base.length },
  });
  const models = [entry("ferry-base", "base"), entry("ferry-dpo", "dpo")];
  writeFileSync(catalog, JSON.stringify({ version: 1, models }));
  client = await ServerClient.start(configuration);
});
afterEach(() => hub.forget());
afterAll(async () => {
  await client.stop();
  await hub.close();
});

const get = (name: string, token: string | null = null) =>
  client.request(ModelFileRequest.get, { source: source(name), token });
const files = () => client.request(ModelFileRequest.files, null);
const slow = (name: string, bytesPerSecond: number | null) =>
  hub.setFaults(
    `harbour/ferry-GGUF/${name}.gguf`,
    bytesPerSecond === null ? {} : { bytesPerSecond },
  );

/** Waits until so much of a model has come. */
async function fetched(name: string, least: number): Promise<void> {
  await client.until(() =>
    client.said.modelFiles.some(({ transfers }) =>
      transfers.some((one) => one.source === source(name) && one.bytes >= least),
    ),
  );
}

it("offers a pair, and says what the hub says, without fetching anything", async () => {
  const { pairs, hub: host, folder: into } = await client.request(ModelFileRequest.offers, null);
  expect(pairs.map(({ name }) => name)).toContain("ferry-1m-f32-dpo");
  expect(host).toBe(new URL(hub.url).host);
  expect(into).toBe(join(storage, "models"));
  expect(await hub.requests()).toEqual([]);
  const params = { source: source("ferry-base"), token: null };
  expect(await client.request(ModelFileRequest.ask, params)).toMatchObject({
    fileName: "ferry-base.gguf",
    host,
    bytes: base.length,
    licence: "Apache-2.0",
  });
  expect(existsSync(into)).toBe(false);
});

it("pauses, lists what was begun after a new start, and goes on with it", async () => {
  await slow("ferry-base", 200_000);
  const paused = get("ferry-base");
  await fetched("ferry-base", 40_000);
  await client.until(() =>
    client.said.jobs
      .flat()
      .some((job) => job.kind === "transfer" && job.total === base.length && job.bytes > 0),
  );
  const window = await ServerClient.start(configuration);
  const { transfers } = await window.request(ModelFileRequest.files, null);
  expect(transfers).toMatchObject([
    { state: "paused", message: "Another window or program fetches it." },
  ]);
  await window.stop();
  await client.request(ModelFileRequest.pause, { source: source("ferry-base") });
  expect(await paused).toEqual({ path: null, verifiedBy: null });
  expect((await files()).transfers).toMatchObject([
    { name: "ferry-base", state: "paused", message: null },
  ]);
  await client.stop();

  client = await ServerClient.start(configuration);
  const [part] = (await files()).transfers;
  expect(part).toMatchObject({ source: source("ferry-base"), state: "paused", total: base.length });
  expect(await hub.requests()).toHaveLength(2);
  await hub.forget();
  await slow("ferry-base", null);
  const path = join(folder, "ferry-base.gguf");
  expect(await get("ferry-base")).toEqual({ path, verifiedBy: "hub" });
  expect(readFileSync(path).equals(base)).toBe(true);
  const [range] = (await hub.requests()).flatMap(({ headers }) => headers["range"] ?? []);
  expect(range).toBe(`bytes=${part!.bytes}-`);
});

it("fetches several at once, and one model once for all who want it", async () => {
  await slow("ferry-dpo", 300_000);
  const [one, other, split] = await Promise.all([
    get("ferry-dpo"),
    get("ferry-dpo"),
    get("split-00001-of-00002"),
  ]);
  expect(one).toEqual(other);
  const parts = [1, 2].map((part) => join(folder, `split-0000${part}-of-00002.gguf`));
  expect(split.path).toBe(parts[0]);
  expect(Buffer.concat(parts.map((part) => readFileSync(part))).equals(base)).toBe(true);
  const asked = (await hub.requests()).filter(({ url }) => url.endsWith("/ferry-dpo.gguf"));
  expect(asked).toHaveLength(1);
  expect(await get("ferry-dpo")).toEqual(one);
  const { models, transfers } = await files();
  expect(transfers).toEqual([]);
  const own = models.filter(({ owner }) => owner === "Twinlens").map(({ bytes }) => bytes);
  expect(own).toEqual(expect.arrayContaining([base.length, rlhf.length]));
});

it("remembers when a model was used, and removes its own alone", async () => {
  const path = join(folder, "ferry-base.gguf");
  const used = async () => (await files()).models.find((one) => one.path === path)!.lastUsed;
  expect(await used()).toBeNull();
  await client.stop();
  client = await ServerClient.start(
    configurationOf({ base: path, rlhf: pair.rlhf }, { catalogs: [catalog] }, storage),
  );
  await client.request(ModelRequest.load, null);
  await expect.poll(used).toBeGreaterThan(Date.now() - 600_000);
  await client.request(ModelRequest.unload, null);
  await client.request(ModelFileRequest.remove, { path });
  expect(readdirSync(folder).filter((name) => name.startsWith("ferry-base"))).toEqual([]);
  const foreign = client.request(ModelFileRequest.remove, { path: pair.rlhf });
  await expect(foreign).rejects.toThrow("was not fetched by Twinlens");
  expect(existsSync(pair.rlhf)).toBe(true);
});

it("leaves nothing of what is cancelled, nor of what is no model", async () => {
  await slow("ferry-base", 200_000);
  const cancelled = get("ferry-base");
  await fetched("ferry-base", 1);
  await client.request(ModelFileRequest.cancel, { source: source("ferry-base") });
  expect(await cancelled).toEqual({ path: null, verifiedBy: null });
  await expect(get("page")).rejects.toMatchObject({
    message: expect.stringContaining("is no GGUF file") as string,
    data: { code: "address" },
  });
  expect((await files()).transfers).toMatchObject([{ name: "page.gguf", state: "failed" }]);
  await client.request(ModelFileRequest.cancel, { source: source("page") });
  expect((await files()).transfers).toEqual([]);
  expect(readdirSync(folder).filter((name) => /^(ferry-base|page)/.test(name))).toEqual([]);
});

it("takes a token that stands in no trace, however wordy, and no other server can read", async () => {
  let trace = "";
  await client.trace((text) => (trace += text));
  await expect(get("gated")).rejects.toMatchObject({ data: { code: "unauthorized" } });
  // The editor's secret storage: it keeps one secret.
  const secrets = { get: () => Promise.resolve(TOKEN) } as unknown as ConstructorParameters<
    typeof HubToken
  >[0];
  const token = await new HubToken(secrets, client as never).sealed();
  expect((await get("gated", token)).verifiedBy).toBe("hub");
  expect(trace).toContain("twinlens/getModel");
  expect(trace).toContain(token);
  expect(trace).not.toContain(TOKEN);
  const stranger = await ServerClient.start(configuration);
  const params = { source: source("gated"), token };
  await expect(stranger.request(ModelFileRequest.get, params)).rejects.toThrow("has ended");
  await stranger.stop();
});
