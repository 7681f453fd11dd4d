/** What the command line makes of models' names, catalogues and folders; fetching itself is an engine test. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelsFolder } from "../../src/cli/arguments/dataFolder";
import { parseModelsArguments } from "../../src/cli/arguments/modelsArguments";
import { FetchProgress } from "../../src/cli/models/fetchProgress";
import type { Getting } from "../../src/cli/models/getting";
import { hereAs, pathsOf } from "../../src/cli/models/here";
import { type KnownModels, knownModels, namedModels } from "../../src/cli/models/known";
import { addPair } from "../../src/cli/models/pairsList";
import { agree } from "../../src/cli/models/plan";
import { readToken } from "../../src/cli/models/token";
import { modelsToUse } from "../../src/cli/models/usedModels";
import { planText, toModelsTable } from "../../src/cli/output/models";
import { Problems } from "../../src/cli/output/problems";
import { keep, recordOf } from "../../src/jobs/models/kept";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-cli-models-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const TWIN = { family: "Twin", size: "1B", quantisation: "Q8_0", bytes: 1_000_000, licence: "MIT" };
const MODELS = [
  { ...TWIN, name: "twin-base", stage: "base", source: "hf:twins/T/base.gguf" },
  {
    ...{ ...TWIN, name: "twin-rlhf", stage: "rlhf", source: "hf:twins/T/rlhf.gguf" },
    caution: "Its size was not seen.",
  },
];

/** What is known with these two models' catalogue, and a folder of kept models. */
function known(): Promise<KnownModels> {
  write("models/catalog.json", JSON.stringify({ version: 1, models: MODELS }));
  const places = { folder: join(folder, "models"), environment: {}, home: join(folder, "home") };
  return knownModels({ folder: join(folder, "kept"), catalogs: [] }, places, "linux");
}

/** Puts a model into the folder of kept models. */
async function keepModel(name: string, source: string): Promise<string> {
  const path = write(`kept/twins/T/${name}.gguf`, "GGUF, and tensors");
  const record = { name, source, sha256: [], verifiedBy: null, fetched: 1 };
  await keep(path, { ...record, lastUsed: null });
  return path;
}

describe("arguments of models", () => {
  it("say what to do, and with what", () => {
    expect(parseModelsArguments(["list", "--format", "json", "--in", "d"])).toEqual({
      ...{ work: "list", format: "json", folder: "d", catalogs: [] },
    });
    expect(
      parseModelsArguments([
        "get",
        "-y",
        "a",
        "b",
        "--to",
        "d",
        "--catalog",
        "x",
        "--catalog",
        "y",
      ]),
    ).toEqual({
      ...{ work: "get", names: ["a", "b"], sha256: null, yes: true, tokenOnInput: false },
      ...{ folder: "d", catalogs: ["x", "y"] },
    });
    expect(parseModelsArguments(["get", "a", "--sha256", "AB".repeat(32)])).toMatchObject({
      sha256: "ab".repeat(32),
    });
    expect(parseModelsArguments(["path", "a"])).toMatchObject({ work: "path", name: "a" });
    expect(parseModelsArguments(["remove", "a", "b"])).toMatchObject({ names: ["a", "b"] });
  });

  it.each([
    [[], "list, get, remove or path"],
    [["fetch", "x"], '"fetch" is none of list, get, remove and path.'],
    [["list", "x"], '"x" is not expected.'],
    [["list", "--format", "csv"], "--format is one of table, json"],
    [["get"], "No model to get."],
    [["get", "a", "a"], "A model is named twice."],
    [["get", "a", "b", "--sha256", "a".repeat(64)], "--sha256 is of one model."],
    [["get", "a", "--sha256", "abc"], "--sha256 is 64 hexadecimal digits"],
    [["remove"], "No model to remove."],
    [["path", "a", "b"], "Give one model."],
    [["list", "--to", "d"], "--to"],
  ])("are refused: %j", (args, message) => {
    expect(() => parseModelsArguments(args)).toThrow(message);
  });

  it("never hold a token, and never repeat it", () => {
    for (const args of [["--token", "hf_secret"], ["--token=hf_secret"]]) {
      const parse = () => parseModelsArguments(["get", "a", ...args]);
      expect(parse).toThrow("put it into HF_TOKEN");
      expect(parse).not.toThrow("hf_secret");
    }
  });
});

it("models are kept where the user says, else in the user's data folder", () => {
  const at = (environment: Record<string, string>) => modelsFolder({ environment, home: "home" });
  expect(at({})).toBe(join("home", ".local", "share", "twinlens", "models"));
  expect(at({ XDG_DATA_HOME: "data" })).toBe(join("data", "twinlens", "models"));
  expect(at({ LOCALAPPDATA: "local" })).toBe(join("local", "twinlens", "models"));
  expect(at({ TWINLENS_DATA: "/own" })).toBe(join("/own", "models"));
  expect(at({ TWINLENS_MODELS: "own", XDG_DATA_HOME: "data" })).toBe("own");
});

describe("names", () => {
  it("stand for models, pairs and sources, each once", async () => {
    const all = await known();
    const named = (...names: string[]) => namedModels(names, all).map(({ name }) => name);
    expect(named("twin-1b-q8_0-rlhf")).toEqual(["twin-base", "twin-rlhf"]);
    expect(named("twin-rlhf", "twin-1b-q8_0-rlhf")).toEqual(["twin-rlhf", "twin-base"]);
    expect(named("https://huggingface.co/twins/T/blob/main/base.gguf")).toEqual(["twin-base"]);
    expect(named("hf:u/r/other.gguf")).toEqual(["other.gguf"]);
    expect(() => named("twin")).toThrow('No catalogue has a model or a pair "twin"');
    expect(() => named("hf:u/r")).toThrow('"hf:u/r": hf:user/repository/file.gguf');
  });

  it("stand for what lies on this machine", async () => {
    const base = await keepModel("twin-base", "hf:twins/T/base.gguf");
    const own = write("kept/own.gguf", "GGUF");
    const all = await known();
    const paths = (name: string) => hereAs(name, all).map(({ path }) => path);
    expect(paths("twin-base")).toEqual([base]);
    expect(paths("hf:twins/T/base.gguf")).toEqual([base]);
    expect(paths("twin-base.gguf")).toEqual([base]);
    expect(paths("own.gguf")).toEqual([own]);
    expect(paths("twin-1b-q8_0-rlhf")).toEqual([base]);
    expect(() => pathsOf("twin-1b-q8_0-rlhf", all)).toThrow("is not on this machine yet");
    expect(() => pathsOf("other", all)).toThrow('There is no model "other" on this machine');
    const rlhf = await keepModel("twin-rlhf", "hf:twins/T/rlhf.gguf");
    expect(pathsOf("twin-1b-q8_0-rlhf", await known())).toEqual([base, rlhf]);
  });

  it("of kept models are models to score with, where there is no such file", async () => {
    const path = await keepModel("twin-base", "hf:twins/T/base.gguf");
    const environment = { TWINLENS_MODELS: join(folder, "kept") };
    const use = (base: string, rlhf: string | null) =>
      modelsToUse(
        { base, rlhf, pair: null, baseAdapter: null, rlhfAdapter: "prose.gguf" },
        { folder, environment, home: folder },
      );
    expect(await use("twin-base", "twin-base.gguf")).toEqual({
      base: withoutAdapter(path),
      rlhf: { path, adapter: "prose.gguf" },
    });
    expect((await recordOf(path))?.lastUsed).toBeGreaterThan(1);
    expect((await use("twin-base", "gone.gguf")).rlhf?.path).toBe("gone.gguf");
  });
});

it("the table lists what is here and what can be fetched", async () => {
  await keepModel("twin-base", "hf:twins/T/base.gguf");
  const all = await known();
  const table = toModelsTable({ ...all, freeBytes: 5e9 });
  expect(table.replaceAll(folder, "FOLDER")).toBe(`On this machine
  name           size  owner     last used  path
  twin-base  17 bytes  Twinlens  –          FOLDER/kept/twins/T/twin-base.gguf

Pairs that can be fetched
  name                 size  this machine  models                    licence
  twin-1b-q8_0-rlhf  2.0 MB  fits          twin-base and twin-rlhf*  MIT

Models that can be fetched
  name        stage    size  licence
  twin-base   base   1.0 MB  MIT      here
  twin-rlhf*  rlhf   1.0 MB  MIT

* not all of it was confirmed: get says what

Models are kept in FOLDER/kept, 5.0 GB free.
`);
});

describe("pairs.json", () => {
  const pair = { name: "twins", base: "/b.gguf", rlhf: "/r.gguf" };

  it("gets a pair once; everything else stays, another pair of its name as well", async () => {
    const file = join(folder, "new", "pairs.json");
    expect(await addPair(file, pair)).toBeNull();
    const other = { name: "other", base: "x.gguf", note: "mine" };
    writeFileSync(file, JSON.stringify([other]));
    for (let time = 0; time < 2; time++) {
      expect(await addPair(file, pair)).toBeNull();
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([other, pair]);
    }
    const text = JSON.stringify([{ ...pair, base: "/own.gguf", note: "mine" }]);
    writeFileSync(file, text);
    expect(await addPair(file, pair)).toContain(`has another pair "${pair.name}"`);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("stays as it is where it is no list", async () => {
    for (const text of ["", "{}", "[", "null"]) {
      const file = write("pairs.json", text);
      expect(await addPair(file, pair)).toContain("is no list of pairs");
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });
});

describe("a token", () => {
  const { signal } = new AbortController();
  const input = (text: string) => Readable.from([Buffer.from(text)]);

  it("comes from the environment or from standard input", async () => {
    expect(await readToken(false, input("x"), {}, signal)).toBeNull();
    expect(await readToken(false, input("x"), { HF_TOKEN: " hf_a\n" }, signal)).toBe("hf_a");
    expect(await readToken(true, input("hf_b\nmore"), { HF_TOKEN: "hf_a" }, signal)).toBe("hf_b");
  });

  it("is one word, and is not repeated where it is none", async () => {
    for (const text of ["", "two words", "sécret", "x".repeat(1001)]) {
      const reading = readToken(true, input(text), {}, signal);
      await expect(reading).rejects.toThrow("Standard input holds no token: it is one word");
    }
  });
});

/** Standard error as a terminal, and what was written to it. */
function terminal() {
  let text = "";
  const messages = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString();
      done();
    },
  });
  return { messages: Object.assign(messages, { isTTY: true }), text: () => text };
}

describe("what is fetched", () => {
  async function asked(answer: string | null, change: Partial<KnownModels> = {}) {
    const all = { ...(await known()), ...change };
    const { messages, text } = terminal();
    const input = Object.assign(new PassThrough(), { isTTY: answer !== null });
    input.write(answer ?? "");
    const options = parseModelsArguments(["get", "twin-rlhf"]) as Getting["options"];
    const { signal } = new AbortController();
    const getting = { known: all, options, input, messages, signal } as unknown as Getting;
    const planned = namedModels(["twin-rlhf"], all).map((model) => ({ ...model, bytes: 5e6 }));
    return { agreed: agree(planned, getting), text };
  }

  it("is shown and asked for; anything but yes is no", async () => {
    const yes = await asked("y\n");
    expect(await yes.agreed).toBe(true);
    expect(yes.text()).toMatch(
      /^To be fetched into .*\n {2}twin-rlhf {2}5\.0 MB {2}MIT {2}from hf:twins\/T\/rlhf\.gguf\ntwin-rlhf: Its size was not seen\.\nFetch it, under its licence\? \[y\/N\] $/u,
    );
    for (const answer of ["\n", "n\n", "yesterday\n"]) {
      const no = await asked(answer);
      expect(await no.agreed).toBe(false);
      expect(no.text()).toMatch(/twinlens: Nothing was fetched\.\n$/u);
    }
  });

  it("is not asked for where nobody can answer, or where it has no room", async () => {
    await expect((await asked(null)).agreed).rejects.toThrow("Nobody can be asked here");
    const full = await asked("y\n", { freeBytes: 4e6 });
    await expect(full.agreed).rejects.toThrow("5.0 MB are to come, and 4.0 MB are free");
  });

  it("is shown without what could reorder a terminal's line", async () => {
    const all = await known();
    const text = planText([], { ...all, folder: "a\u202eb" });
    expect(text).toContain("aU+202Eb");
  });

  it("is counted over all models that come", () => {
    const shown: [string, number][] = [];
    const { messages, text } = terminal();
    const progress = {
      show: (what: string, fraction: number) => void shown.push([what, fraction]),
      clear: () => undefined,
    };
    const line = new FetchProgress(
      new Map([
        ["a", 1e9],
        ["b", 3e9],
      ]),
      progress,
      new Problems(messages, progress),
    );
    const now = { state: "fetching", total: null, secondsLeft: null, message: null } as const;
    line.show("a", { ...now, bytes: 0.5e9, bytesPerSecond: 10e6 });
    line.show("b", { ...now, bytes: 1.5e9, bytesPerSecond: 10e6 });
    line.end("a");
    const waiting = { ...now, state: "waiting", bytes: 1.5e9, bytesPerSecond: null } as const;
    line.show("b", { ...waiting, message: "The hub is busy; again in 5 s." });
    line.show("b", { ...waiting, message: "The hub is busy; again in 5 s." });
    expect(shown).toEqual([
      ["500.0 MB of 4.0 GB, 10.0 MB/s, about 6 min left", 0.125],
      ["2.0 GB of 4.0 GB, 20.0 MB/s, about 2 min left", 0.5],
      ["2.0 GB of 4.0 GB, waiting", 0.5],
      ["2.0 GB of 4.0 GB, waiting", 0.5],
    ]);
    expect(text()).toBe("twinlens: b: The hub is busy; again in 5 s.\n");
  });
});
