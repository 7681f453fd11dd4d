/** Adapters of a pair in the settings: the editor's scores are those of the changed weights, and say so. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConfigurationNotice } from "../../src/protocol/configuration";
import { DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { writeAdapter } from "../support/adapters";
import { testPair, TINY } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const TEXT = "The fox went to the forest and asked the bird, which answered slowly.\n".repeat(4);
const uri = "file:///work/adapters.txt";
const folder = mkdtempSync(join(tmpdir(), "twinlens-server-adapters-"));
const adapter = join(folder, "prose.gguf");
const pair = testPair({ name: "server-adapters" });
const plain = configurationOf(pair, {}, join(folder, "storage"));
const adapted = configurationOf(
  { ...pair, rlhf: { path: pair.rlhf, adapter } },
  {},
  join(folder, "storage"),
);

function write(seed: number, madeOf: string | null = null): void {
  const weights = { "blk.1.ffn_down.weight": [TINY.feedForward, TINY.embedding] } as const;
  const metadata = madeOf === null ? {} : { [MADE_OF]: { type: "string", value: madeOf } as const };
  writeAdapter(adapter, { rank: 2, alpha: 4, seed, spread: 0.2, weights, metadata });
}

const MADE_OF = "twinlens.model.sha256";

let client: ServerClient;
beforeAll(async () => {
  write(1);
  client = await ServerClient.start(plain);
  client.open(uri, TEXT);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

const highlight = () => client.request(DocumentRequest.highlight, wholeOf(uri));
const exported = async () => client.request(DocumentRequest.export, { uri, format: "markdown" });

it("a pair with an adapter scores differently, and says with what, as often as it changes", async () => {
  const before = await highlight();
  await client.notify(ConfigurationNotice.changed, adapted);
  const stale = await client.request(DocumentRequest.summary, { uri, range: null });
  expect(stale.measured.replacedBy).not.toBeNull();
  const after = await highlight();
  expect(after.base!.bits).toBe(before.base!.bits);
  expect(after.rlhf!.bits).not.toBe(before.rlhf!.bits);
  expect(after.rlhf!.model).toMatchObject({ name: "server-adapters-rlhf + prose.gguf", adapter });
  const { models } = await client.request(ModelRequest.state, null);
  expect(models).toMatchObject([
    { role: "base", path: pair.base, adapter: null },
    { role: "rlhf", path: pair.rlhf, adapter },
  ]);
  expect(await exported()).toContain("server-adapters-rlhf + prose.gguf");

  write(2);
  const again = await highlight();
  expect(again.base!.bits).toBe(before.base!.bits);
  expect(again.rlhf!.bits).not.toBe(after.rlhf!.bits);

  await client.notify(ConfigurationNotice.changed, plain);
  expect((await highlight()).rlhf!.bits).toBe(before.rlhf!.bits);
});

it("an adapter of another model is cautioned of, once the models are known", async () => {
  const [own, other] = [pair.rlhf, pair.base].map((path) =>
    createHash("sha256").update(readFileSync(path)).digest("hex"),
  );
  await client.notify(ConfigurationNotice.changed, adapted);
  write(3, own);
  expect((await highlight()).cautions).toEqual([]);
  write(4, other);
  const { cautions } = await highlight();
  expect(cautions).toEqual([expect.stringContaining("+ prose.gguf was made of another model")]);
  expect(await exported()).toContain("was made of another model");
});

it("an adapter that can't be added is named", async () => {
  const broken = configurationOf({ ...pair, rlhf: { path: pair.rlhf, adapter: pair.base } });
  await client.notify(ConfigurationNotice.changed, broken);
  await expect(highlight()).rejects.toMatchObject({
    message: expect.stringContaining("is a model, and no adapter") as string,
    data: { code: "AdapterUnreadable" },
  });
});
