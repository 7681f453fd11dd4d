import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { parseScoreArguments } from "../../src/cli/arguments/arguments";
import { parseProbeArguments } from "../../src/cli/arguments/probeArguments";
import { parseSampleArguments } from "../../src/cli/arguments/runArguments";
import { studiedPair } from "../../src/cli/arguments/studiedPair";
import { parseStudyArguments } from "../../src/cli/arguments/studyArguments";
import { UsageError } from "../../src/cli/exit";
import { SCORE_HELP } from "../../src/cli/arguments/help";
import { readInput } from "../../src/cli/input/input";
import type { NamedModels } from "../../src/cli/arguments/modelArguments";
import { findModels, pairsFile } from "../../src/cli/arguments/modelPaths";
import { usesColour } from "../../src/cli/output/palette";
import { toTable } from "../../src/cli/output/table";
import { toColouredText } from "../../src/cli/output/text";
import { toScoreDocument } from "../../src/report/document";
import { scoresOf } from "../support/scores";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

describe("parseScoreArguments", () => {
  it("reads every option", () => {
    const line =
      "a.txt - --encoding UTF-16 --base b.gguf --rlhf r.gguf --base-adapter a.gguf --rlhf-adapter c.gguf --window 512 --compatible --max-windows 8 --bos eos --format json --alternatives 3 --cpu --threads 2 --view rank";
    expect(parseScoreArguments(line.split(" "))).toEqual({
      files: ["a.txt", "-"],
      base: "b.gguf",
      rlhf: "r.gguf",
      pair: null,
      baseAdapter: "a.gguf",
      rlhfAdapter: "c.gguf",
      gpu: "off",
      threads: 2,
      settings: { mode: "llama.cpp-compatible", window: 512, stride: 0, maxWindows: 8, bos: "eos" },
      encoding: "utf-16le",
      format: "json",
      words: null,
      context: null,
      view: "rank",
      agreement: false,
      alternatives: 3,
      verbose: false,
    });
  });

  it.each([
    [""],
    ["a --format xml"],
    ["a --window 1"],
    ["a --window 131073"],
    ["a --window 0x10"],
    ["a --window 1e3"],
    ["a --stride 0"],
    ["a --stride 1.5"],
    ["a --max-windows -1"],
    ["a --threads 513"],
    ["a --alternatives 101"],
    ["a --unknown"],
    ["a --base"],
    ["a --pair p --base b"],
    ["a --compatible --stride 5"],
    ["a --bos never"],
    ["- -"],
    ["- --context -"],
    ["a --unit byte"],
    ["a --unit word"],
    ["a --unit word --format text"],
    ["a --unit word --format csv --words bits"],
    ["a --unit word --format csv --punctuation no"],
    ["a --words boundary --format csv"],
    ["a --agreement --format csv"],
    ["a --agreement --format text"],
    ["a --agreement --unit word --format json"],
    ["a --punctuation separate --format csv"],
  ])("refuses %j with a word about it", (line) => {
    const args = line.split(" ").filter((word) => word !== "");
    expect(() => parseScoreArguments(args)).toThrow(UsageError);
  });

  it("reads how words are written, and after what", () => {
    const line = "a --unit word --format csv --context b.txt";
    expect(parseScoreArguments(line.split(" "))).toMatchObject({
      words: { surprisal: "tokens", punctuation: "joined" },
      context: "b.txt",
    });
    const other = "a --unit word --format json --words boundary --punctuation separate";
    expect(parseScoreArguments(other.split(" ")).words).toEqual({
      surprisal: "boundary",
      punctuation: "separate",
    });
  });

  it("says what --top-k has become", () => {
    expect(() => parseScoreArguments(["a", "--top-k", "3"])).toThrow(/ is --alternatives\.$/);
  });

  it("knows every option that its help names, and no other", () => {
    const named = new Set(SCORE_HELP.match(/--[a-z-]+/g));
    named.delete("--help");
    for (const option of named) {
      expect(() => parseScoreArguments(["a", option])).not.toThrow(/Unknown option/);
    }
    expect(() => parseScoreArguments(["a", "--colour"])).toThrow(/Unknown option/);
  });
});

describe("adapters in arguments", () => {
  it("are of the models of a pair, wherever a pair is named", () => {
    const named = ["--base-adapter", "a.gguf", "--rlhf-adapter", "c.gguf"];
    const adapters = { baseAdapter: "a.gguf", rlhfAdapter: "c.gguf", base: null, pair: null };
    expect(parseSampleArguments(["--prompt", "Hi", ...named])).toMatchObject(adapters);
    expect(parseStudyArguments(["--corpus", "a", ...named])).toMatchObject(adapters);
    expect(() => parseStudyArguments(["mine.twinlens-study.yaml", ...named])).toThrow(UsageError);
  });

  it("are of the models of probes, the one that reads and the one that writes", () => {
    const reader = ["--model", "m.gguf", "--adapter", "a.gguf", "--texts", "t"];
    const writer = ["--generated-by", "w.gguf", "--generated-by-adapter", "b.gguf"];
    expect(parseProbeArguments([...reader, ...writer])).toMatchObject({
      adapter: "a.gguf",
      written: { by: "w.gguf", adapter: "b.gguf" },
    });
    expect(() => parseProbeArguments([...reader, ...writer.slice(2)])).toThrow(
      "--generated-by-adapter goes with --generated-by.",
    );
  });
});

describe("studiedPair", () => {
  const none = { base: null, rlhf: null, pair: null, baseAdapter: null, rlhfAdapter: null };
  const model = withoutAdapter("/m.gguf");
  const nameOf = (named: Partial<NamedModels>) =>
    studiedPair({ ...none, ...named }, { base: model, rlhf: model }).name;

  it("has another name for each model that an adapter is added to", () => {
    expect(nameOf({})).toBe("embedded pair");
    expect(nameOf({ baseAdapter: "/a/x.gguf" })).toBe("embedded pair, base + x.gguf");
    expect(nameOf({ rlhfAdapter: "/a/x.gguf" })).toBe("embedded pair, RLHF + x.gguf");
    expect(nameOf({ rlhf: "m.gguf", baseAdapter: "x.gguf", rlhfAdapter: "y.gguf" })).toBe(
      "m, base + x.gguf, RLHF + y.gguf",
    );
  });

  it("needs two models", () => {
    expect(() => studiedPair(none, { base: model, rlhf: null })).toThrow(/--base and --rlhf/);
  });
});

describe("findModels", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-cli-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pairs.json");
  const places = { folder, environment: { TWINLENS_PAIRS: file }, home: "/home/someone" };
  const none = { base: null, rlhf: null, pair: null, baseAdapter: null, rlhfAdapter: null };

  it("takes the files that are named", () => {
    expect(findModels({ ...none, rlhf: "r.gguf" }, places)).toEqual({
      base: null,
      rlhf: withoutAdapter("r.gguf"),
    });
  });

  it("takes a pair by name, its paths relative to the list", () => {
    writeFileSync(file, JSON.stringify([{ name: "mine", base: "b.gguf", rlhf: "/r.gguf" }]));
    expect(() => findModels({ ...none, pair: "mine" }, places)).toThrow(
      `The pair "mine" names "b.gguf", which counts from the folder of ${file}: there is no file ${join(folder, "b.gguf")}.`,
    );
    writeFileSync(join(folder, "b.gguf"), "");
    expect(findModels({ ...none, pair: "mine" }, places)).toEqual({
      base: withoutAdapter(join(folder, "b.gguf")),
      rlhf: withoutAdapter("/r.gguf"),
    });
    expect(() => findModels({ ...none, pair: "other" }, places)).toThrow(/it has: "mine"/);
  });

  it("adds adapters to models, whichever way those are named", () => {
    const adapters = { baseAdapter: "a.gguf", rlhfAdapter: "prose.gguf" };
    expect(findModels({ ...none, ...adapters, base: "b.gguf", rlhf: "r.gguf" }, places)).toEqual({
      base: { path: "b.gguf", adapter: "a.gguf" },
      rlhf: { path: "r.gguf", adapter: "prose.gguf" },
    });
    const pair = { name: "adapted", base: "/b.gguf", rlhf: "/r.gguf", rlhfAdapter: "/old.gguf" };
    writeFileSync(file, JSON.stringify([pair]));
    expect(findModels({ ...none, pair: "adapted" }, places)).toEqual({
      base: withoutAdapter("/b.gguf"),
      rlhf: { path: "/r.gguf", adapter: "/old.gguf" },
    });
    expect(findModels({ ...none, ...adapters, pair: "adapted" }, places)).toEqual({
      base: { path: "/b.gguf", adapter: "a.gguf" },
      rlhf: { path: "/r.gguf", adapter: "prose.gguf" },
    });
    writeFileSync(file, JSON.stringify([{ ...pair, rlhfAdapter: "old.gguf" }]));
    expect(() => findModels({ ...none, pair: "adapted" }, places)).toThrow(
      `there is no file ${join(folder, "old.gguf")}`,
    );
    expect(() => findModels({ ...none, rlhf: "r.gguf", baseAdapter: "a.gguf" }, places)).toThrow(
      "An adapter is given for the base model, but no base model that it is added to",
    );
  });

  it("adds the adapters of a pair that names no model to the embedded models", () => {
    const twin = join(folder, "twin-rlhf.gguf");
    writeFileSync(twin, "");
    writeFileSync(file, JSON.stringify([{ name: "prose", rlhfAdapter: "/prose.gguf" }]));
    expect(findModels({ ...none, pair: "prose" }, places)).toEqual({
      base: null,
      rlhf: { path: twin, adapter: "/prose.gguf" },
    });
    rmSync(twin);
  });

  it("says what is wrong with a list", () => {
    writeFileSync(file, `[{"base": 3}]`);
    expect(() => findModels({ ...none, pair: "mine" }, places)).toThrow(/no list of pairs/);
    writeFileSync(file, "{");
    expect(() => findModels({ ...none, pair: "mine" }, places)).toThrow(/could not be read/);
  });

  it("takes the embedded pair otherwise, or what there is of it", () => {
    expect(() => findModels(none, places)).toThrow(/Use --base and --rlhf/);
    writeFileSync(join(folder, "twin-base.gguf"), "");
    expect(findModels(none, places)).toEqual({
      base: withoutAdapter(join(folder, "twin-base.gguf")),
      rlhf: null,
    });
  });

  it("looks in the user's configuration folder", () => {
    const at = (environment: Record<string, string>) => pairsFile({ ...places, environment });
    expect(at({})).toBe(join("/home/someone", ".config", "twinlens", "pairs.json"));
    expect(at({ XDG_CONFIG_HOME: "/c" })).toBe(join("/c", "twinlens", "pairs.json"));
  });
});

describe("readInput", () => {
  const UTF8 = { encoding: null, warn: () => undefined };

  it("reads a stream, characters cut between chunks included, without a byte order mark", async () => {
    const bytes = Buffer.from("\ufeffé😀\r\n");
    async function* chunks() {
      for (const byte of bytes) yield await Promise.resolve(Uint8Array.of(byte));
    }
    const read = await readInput("-", Readable.from(chunks()), UTF8);
    expect(read).toEqual({ name: "-", text: "é😀\r\n" });
  });

  it("waits no longer for a stream when its signal is raised", async () => {
    const stopping = new AbortController();
    const stream = new PassThrough();
    const read = readInput("-", stream, UTF8, stopping.signal);
    stopping.abort();
    await expect(read).rejects.toMatchObject({ code: "Cancelled" });
    expect(stream.destroyed).toBe(true);
  });
});

describe("toColouredText", () => {
  const text = "One\r\ntwo\u001b[2J\tthree\n";
  const base = scoresOf([
    { text: "One", bits: 9, rank: 40 },
    { text: "\r\ntwo", bits: 0.5 },
    { text: "\u001b[2J\t", bits: 3, rank: 5 },
    { text: "three\n", bits: null },
  ]);
  const rlhf = scoresOf([
    { text: "One", bits: 3 },
    { text: "\r\ntwo", bits: 3 },
    { text: "\u001b[2J\t", bits: 3.2, rank: 500 },
    { text: "three\n", bits: null },
  ]);
  const scored = { name: "a\u009b.txt", text, base, rlhf };

  it("writes each line's bits into the margin, and control characters as signs", () => {
    expect(toColouredText(scored, "difference", false)).toBe(
      [
        "aU+009B.txt: log2 p(base) - log2 p(RLHF), bits",
        "    −3.5 │ One",
        "    +0.2 │ two␛[2J\tthree",
        "         │ ",
        "",
      ].join("\n"),
    );
  });

  it("paints buckets, in every line that a token reaches", () => {
    const painted = toColouredText(scored, "difference", true).split("\n");
    expect(painted[2]).toBe("    −3.5 │ \u001b[48;5;166;38;5;231mOne\u001b[0m");
    expect(painted[3]).toContain("\u001b[48;5;74;38;5;16mtwo\u001b[0m␛[2J\tthree");
  });

  it("shows one model's surprisal, and ranks", () => {
    expect(toColouredText(scored, "base", false)).toContain("     9.5 │ One\n     3.0 │ two");
    expect(toColouredText(scored, "rank", false)).toContain("     500 │ two");
    expect(toColouredText(scored, "rank", false)).toContain("rank among the RLHF model's guesses");
    expect(toColouredText(scored, "baseRank", false)).toContain("the base model's guesses");
  });

  it("uses colours on a terminal unless told otherwise", () => {
    const terminal = { TERM: "xterm-256color" };
    expect(usesColour(true, terminal)).toBe(true);
    expect(usesColour(false, terminal)).toBe(false);
    expect(usesColour(true, { TERM: "dumb" })).toBe(false);
    expect(usesColour(true, { ...terminal, NO_COLOR: "1" })).toBe(false);
  });

  it.each(["", "1", "3", "true"])("uses colours anywhere where FORCE_COLOR is %j", (value) => {
    expect(usesColour(false, { FORCE_COLOR: value })).toBe(true);
  });

  it.each(["0", "false"])("uses colours nowhere where FORCE_COLOR is %j", (value) => {
    expect(usesColour(true, { TERM: "xterm-256color", FORCE_COLOR: value })).toBe(false);
  });
});

describe("toTable", () => {
  it("aligns numbers and names the facts", () => {
    const rows = (bits: number) => [
      { text: "The", bits },
      { text: " fox", bits },
    ];
    const vocabulary = {
      bytes: new Uint8Array(),
      offsets: Uint32Array.of(0),
      attributes: new Uint16Array(),
      bos: null,
      endOfGeneration: [],
      addsSpacePrefix: false,
    };
    const model = { sha256: "ab".repeat(32), vocabulary };
    const document = toScoreDocument("1.2.3", { base: model, rlhf: model }, [
      {
        name: "a.txt",
        text: "The fox",
        base: scoresOf(rows(2)),
        rlhf: scoresOf(rows(3), { bitsPerWeight: 4.8, quantisation: "Q4_K_M" }),
      },
    ]);
    const lines = toTable(document).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "file   model       perplexity  bits  bits/byte  bits/word  tokens scored  against base",
      "a.txt  base   4.0000 ± 0.0000   4.0     0.5714      2.000         2 of 2",
      "a.txt  RLHF   8.0000 ± 0.0000   6.0     0.8571      3.000         2 of 2      +100.0 %",
    ]);
    expect(lines).toContain(
      "a.txt: RLHF minus base +1.000 bits per token (95 %: +1.000 to +1.000)",
    );
    expect(lines.join("\n")).toContain(`sha256 ${"ab".repeat(32)}`);
    expect(lines.join("\n")).toContain("caution: story (Q4_K_M) has 4.8 bits per weight");
    expect(lines.join("\n")).not.toContain("no token");
  });

  it("says how much of the texts a model has no token for", () => {
    const vocabulary = {
      bytes: new Uint8Array(),
      offsets: new Uint32Array(3),
      attributes: new Uint16Array(2),
      bos: null,
      endOfGeneration: [],
      addsSpacePrefix: false,
    };
    const scores = scoresOf([{ text: "The", bits: 2 }]);
    const base = { ...scores, columns: { ...scores.columns, withoutToken: 2 } };
    const model = { sha256: "ab".repeat(32), vocabulary };
    const document = toScoreDocument("1.2.3", { base: model, rlhf: null }, [
      { name: "a.txt", text: "The\0\0", base, rlhf: null },
      { name: "b.txt", text: "The\0\0", base, rlhf: null },
    ]);
    expect(toTable(document)).toContain("caution: story has no token for 4 characters of the text");
    expect(document.files[0]?.base?.charactersWithoutToken).toBe(2);
  });
});
