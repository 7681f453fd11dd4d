/** `twinlens models` as a user runs it, against a hub on this machine. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KnownModels } from "../../src/cli/models/known";
import { type CommandOptions, twinlens } from "../support/commandLine";
import { type Hub, startHub } from "../support/hub";
import { testPair } from "../support/models";
import { waitUntil } from "../support/waitUntil";

const folder = mkdtempSync(join(tmpdir(), "twinlens-models-"));
const kept = join(folder, "kept");
const pairsFile = join(folder, "pairs.json");
const catalog = join(folder, "catalog.json");
const pair = testPair({ name: "catalogued" });
const content = { base: readFileSync(pair.base), rlhf: readFileSync(pair.rlhf) };
/** Begins as models do. */
const LARGE = Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(2_000_000, 7)]);

let hub: Hub;

beforeAll(async () => {
  hub = await startHub();
  await hub.put({ path: "twins/Twins-GGUF/base.gguf", content: content.base });
  await hub.put({ path: "twins/Twins-GGUF/rlhf.gguf", content: content.rlhf });
  await hub.put({ path: "twins/Large-GGUF/large.gguf", content: LARGE });
  await hub.put({
    path: "twins/Gated-GGUF/gated.gguf",
    content: content.base,
    gated: { accepted: ["hf_good"] },
  });
  const part = (i: number) => `twins/Split-GGUF/big-0000${i}-of-00002.gguf`;
  await hub.put({ path: part(1), content: LARGE.subarray(0, 1_000_000) });
  await hub.put({ path: part(2), content: LARGE.subarray(1_000_000) });
  const common = { family: "Tiny", size: "1K", quantisation: "F32", licence: "MIT" };
  const model = (name: string, stage: string, file: string, more = {}) => ({
    ...{ ...common, name, stage, source: `hf:twins/${file}`, bytes: 100_000 },
    ...more,
  });
  const models = [
    model("tiny-base", "base", "Twins-GGUF/base.gguf"),
    model("tiny-rlhf", "rlhf", "Twins-GGUF/rlhf.gguf", {
      licenceUrl: "https://mit.example/licence",
      sha256: digestOf(content.rlhf),
    }),
    model("tiny-gone", "dpo", "Twins-GGUF/dpo.gguf", { caution: "Its file name was not seen." }),
    model("tiny-wrong", "sft", "Large-GGUF/large.gguf", { sha256: "0".repeat(64) }),
  ];
  writeFileSync(catalog, JSON.stringify({ version: 1, models }));
});

afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  rmSync(kept, { recursive: true, force: true });
  rmSync(pairsFile, { force: true });
  await hub.forget();
  await hub.setFaults("twins/Large-GGUF/large.gguf", {});
});

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    HF_ENDPOINT: hub.url,
    TWINLENS_MODELS: kept,
    TWINLENS_PAIRS: pairsFile,
    ...more,
  };
}

function run(args: readonly string[], options: CommandOptions = {}) {
  return twinlens(args, { environment: environment(), ...options });
}

const models = (args: readonly string[], options?: CommandOptions) =>
  run(["models", ...args], options);
const get = (args: readonly string[], options?: CommandOptions) =>
  models(["get", ...args, "--yes", "--catalog", catalog], options);

function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** All files below the folder of kept models, with what they hold. */
function keptFiles(): Map<string, string> {
  if (!existsSync(kept)) return new Map();
  const names = readdirSync(kept, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "latin1")]),
  );
}

const keptNames = () => [...keptFiles().keys()].sort();

describe("a pair", () => {
  it("is fetched whole, verified, and scored by its name", async () => {
    const name = "tiny-1k-f32-rlhf";
    const { code, output, errors } = await get([name]);
    expect(errors).toMatch(
      /^To be fetched into .*kept \([\d.,]+ .B free\):\n {2}tiny-base +[\d.]+ .B {2}MIT +from hf:twins\/Twins-GGUF\/base\.gguf\n {2}tiny-rlhf +[\d.]+ .B {2}MIT \(https:\/\/mit\.example\/licence\) +from hf:/u,
    );
    expect(errors).toContain("twinlens: tiny-base is there; its sha256 is the hub's.\n");
    expect(errors).toContain("twinlens: tiny-rlhf is there; its sha256 is the catalogue's.\n");
    expect(errors).toContain(
      `Both models of a pair are there: twinlens score FILE --pair ${name}\n`,
    );
    expect(code).toBe(0);
    const paths = output.trimEnd().split("\n");
    expect(paths.map((path) => digestOf(readFileSync(path)))).toEqual(
      [content.base, content.rlhf].map(digestOf),
    );
    expect(JSON.parse(readFileSync(pairsFile, "utf8"))).toEqual([
      { name, base: paths[0], rlhf: paths[1] },
    ]);

    const text = join(folder, "text.txt");
    writeFileSync(text, "a fox went to the river");
    const scored = await run(["score", text, "--pair", name, "--cpu", "--threads", "1"]);
    expect(scored).toMatchObject({ code: 0, errors: "" });

    const again = await get(["tiny-base"]);
    expect(again).toMatchObject({ code: 0, output: `${paths[0]}\n` });
    expect(again.errors).toContain("twinlens: tiny-base is there already.\n");
    const listed = await models(["list", "--format", "json", "--catalog", catalog]);
    const { here } = JSON.parse(listed.output) as Pick<KnownModels, "here">;
    expect(here).toMatchObject([
      { owner: "Twinlens", name: "tiny-base", verifiedBy: "hub" },
      { owner: "Twinlens", name: "tiny-rlhf", verifiedBy: "catalogue" },
    ]);
    expect(here.every(({ lastUsed }) => lastUsed !== null)).toBe(true);
    expect(await models(["path", name, "--catalog", catalog])).toMatchObject({ code: 0, output });

    const removed = await models(["remove", name, "--catalog", catalog]);
    expect(removed.code).toBe(0);
    expect(keptNames()).toEqual([]);
  });

  it("is named by its paths where pairs.json can't be added to", async () => {
    writeFileSync(pairsFile, "not a list");
    const { errors } = await get(["tiny-1k-f32-rlhf"]);
    expect(errors).toContain("is no list of pairs, and stays as it is.");
    expect(errors).toMatch(/twinlens score FILE --base \S+base\.gguf --rlhf \S+rlhf\.gguf\n$/u);
    expect(readFileSync(pairsFile, "utf8")).toBe("not a list");
  });
});

describe("a model", () => {
  it("is fetched only where its licence and size were agreed to", async () => {
    const { code, output, errors } = await models(["get", "tiny-base", "--catalog", catalog]);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain("tiny-base");
    expect(errors).toContain("MIT");
    expect(errors).toContain("--yes agrees to the licences and the sizes.");
    expect(keptNames()).toEqual([]);
    expect((await hub.requests()).map(({ at }) => at)).toEqual(["hub"]);
  });

  it("that the hub does not have is explained, with what the catalogue was not sure of", async () => {
    const { code, output, errors } = await get(["tiny-gone", "tiny-base"]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toContain("tiny-gone: There is no such file (404)");
    expect(errors).toContain(`${hub.url}/twins/Twins-GGUF/tree/main`);
    expect(errors).toContain("The catalogue says: Its file name was not seen.");
    expect(keptNames()).toEqual([]);
  });

  it("that is not what it is to be leaves nothing, and keeps no other from coming", async () => {
    const { code, output, errors } = await get(["tiny-wrong", "tiny-base"]);
    expect(code).toBe(1);
    expect(errors).toMatch(/tiny-wrong: .*than the catalogue names/u);
    expect(output).toMatch(/base\.gguf\n$/u);
    expect(keptNames()).toEqual(["base.gguf", "base.gguf.twinlens-model.json"]);
  });

  it("is held against the sha256 that the user names, and kept without one where nobody does", async () => {
    const source = "hf:twins/Large-GGUF/large.gguf";
    const sha256 = digestOf(LARGE);
    await hub.setFaults("twins/Large-GGUF/large.gguf", { noDigest: true });
    const wrong = await models(["get", source, "--yes", "--sha256", "a".repeat(64)]);
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toContain("is not what you have named");
    expect(keptNames()).toEqual([]);
    const unknown = await models(["get", source, "--yes"]);
    expect(unknown.errors).toContain(`not verified: nobody names its sha256, which is ${sha256}.`);
    const other = await models(["get", source, "--yes", "--sha256", "a".repeat(64)]);
    expect(other.code).toBe(1);
    expect(other.errors).toContain("is there already, and its sha256 is");
  });

  it("of several files comes with all of them", async () => {
    const { code, output } = await get(["hf:twins/Split-GGUF/big-00001-of-00002.gguf"]);
    expect(code).toBe(0);
    const at = dirname(output.trimEnd());
    expect(readdirSync(at)).toEqual([
      "big-00001-of-00002.gguf",
      "big-00001-of-00002.gguf.twinlens-model.json",
      "big-00002-of-00002.gguf",
    ]);
  });

  it("of several files goes on with the missing ones, though nobody names a digest", async () => {
    const source = "hf:twins/Split-GGUF/big-00001-of-00002.gguf";
    const [first, second] = [1, 2].map((i) => `twins/Split-GGUF/big-0000${i}-of-00002.gguf`);
    await hub.setFaults(first!, { noDigest: true });
    await hub.setFaults(second!, { noDigest: true, encoding: "gzip" });
    const failed = await get([source]);
    expect(failed.code).toBe(1);
    await hub.setFaults(second!, { noDigest: true });
    await hub.forget();
    const { code, errors, output } = await get([source]);
    expect(code).toBe(0);
    expect(errors).toContain("not verified");
    const asked = (await hub.requests()).filter(({ url }) => url.includes("big-00001"));
    expect(asked.some(({ headers }) => headers.range === undefined)).toBe(false);
    const path = output.trimEnd();
    const whole = [path, path.replace("00001-of", "00002-of")].map((file) => readFileSync(file));
    expect(digestOf(Buffer.concat(whole))).toBe(digestOf(LARGE));
  });

  it("of the same file name from two places is two models, and neither is removed by that name", async () => {
    await hub.put({ path: "others/Twins-GGUF/base.gguf", content: content.rlhf });

    const { code, output } = await get([
      "hf:others/Twins-GGUF/base.gguf",
      "hf:twins/Twins-GGUF/base.gguf",
    ]);
    expect(code).toBe(0);
    const digests = output
      .trimEnd()
      .split("\n")
      .map((path) => digestOf(readFileSync(path)));
    expect(digests).toEqual([digestOf(content.rlhf), digestOf(content.base)]);
    const removed = await models(["remove", "base.gguf", "--catalog", catalog]);
    expect(removed.code).toBe(1);
    expect(removed.errors).toContain('Several models are called "base.gguf"');
    expect(
      output
        .trimEnd()
        .split("\n")
        .every((path) => existsSync(path)),
    ).toBe(true);
  });

  it("that another program has is not fetched", async () => {
    const cache =
      "home/.cache/huggingface/hub/models--twins--Twins-GGUF/snapshots/c0ffee/base.gguf";
    const path = join(folder, cache);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content.base);
    const { code, output, errors } = await get(["tiny-base"]);
    expect({ code, output }).toEqual({ code: 0, output: `${path}\n` });
    expect(errors).toContain("tiny-base is there already (Hugging Face).");
    const removed = await models(["remove", "tiny-base", "--catalog", catalog]);
    expect(removed.code).toBe(1);
    expect(removed.errors).toContain("was not fetched by Twinlens");
    const fetched = await get(["tiny-base", "--to", kept]);
    expect(fetched.output).toContain(kept);
    rmSync(join(folder, "home"), { recursive: true });
  });

  it("waits when it is interrupted, and goes on where it was", async () => {
    const source = "hf:twins/Large-GGUF/large.gguf";
    await hub.setFaults("twins/Large-GGUF/large.gguf", { bytesPerSecond: 200_000 });
    const interrupt = new AbortController();
    const fetching = models(["get", source, "--yes"], { interrupt: interrupt.signal });
    const part = () => keptFiles().get("large.gguf.part")?.length ?? 0;
    await waitUntil("a part", () => Promise.resolve(part() > 0));
    interrupt.abort();
    const { code, output, errors } = await fetching;
    expect({ code, output }).toEqual({ code: 130, output: "" });
    expect(errors).toContain("What was fetched stays: the same command goes on with it.");
    const listed = await models(["list"]);
    expect(listed.output).toMatch(
      /Begun: the same get goes on with it\n.*\n {2}hf:twins\/Large-GGUF\/large\.gguf +[\d.,]+ \wB of 2\.0 MB/u,
    );
    await hub.setFaults("twins/Large-GGUF/large.gguf", {});
    await hub.forget();
    expect((await models(["get", source, "--yes"])).code).toBe(0);
    expect(digestOf(keptFiles().get("large.gguf") ?? "")).toBe(digestOf(LARGE.toString("latin1")));
    const requests = await hub.requests();
    expect(requests.some(({ at, status }) => at === "storage" && status === 206)).toBe(true);
    expect((await models(["remove", "large.gguf"])).code).toBe(0);
    expect(keptNames()).toEqual([]);
  });
});

describe("a token", () => {
  const gated = "hf:twins/Gated-GGUF/gated.gguf";

  it("is asked for where a model wants one, and used from HF_TOKEN or standard input", async () => {
    const none = await get([gated]);
    expect(none.code).toBe(1);
    expect(none.errors).toContain("(401)");
    const variable = await get([gated], { environment: environment({ HF_TOKEN: "hf_good" }) });
    expect(variable.code).toBe(0);
    rmSync(kept, { recursive: true });
    const input = await get([gated, "--token-stdin"], { input: "hf_good\n" });
    expect(input.code).toBe(0);
    const said = [none, variable, input].map(({ output, errors }) => output + errors);
    const repeated = [...said, ...keptFiles().values()].filter((text) => text.includes("hf_good"));
    expect(repeated.map((text) => text.slice(0, 200))).toEqual([]);
  });

  it("goes to the hub alone", async () => {
    const address = `${hub.url.replace("127.0.0.1", "localhost")}/twins/Twins-GGUF/resolve/main/base.gguf`;
    const { code } = await get([address], { environment: environment({ HF_TOKEN: "hf_good" }) });
    expect(code).toBe(0);
    const requests = await hub.requests();
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

it("names that nobody knows are said, and what is wrong with catalogues and calls", async () => {
  const unknown = await models(["get", "tiny-base"]);
  expect(unknown.code).toBe(1);
  expect(unknown.errors).toContain('No catalogue has a model or a pair "tiny-base"');
  const broken = join(folder, "broken.json");
  writeFileSync(broken, JSON.stringify({ version: 1, models: [{ name: "x\u001b[2J" }] }));
  const listed = await models(["list", "--catalog", broken]);
  expect(listed.code).toBe(0);
  expect(listed.errors).toContain(
    `${basename(broken)}: models.0 ("x␛[2J"): name: a name of letters`,
  );
  expect(listed.output).toContain("gemma-3-270m-q8_0-rlhf");
  const source = await models(["get", "hf:twins/../x.gguf"]);
  expect(source).toMatchObject({ code: 2, output: "" });
  expect(source.errors).toContain('".." is not the name of a user or a repository');
});
