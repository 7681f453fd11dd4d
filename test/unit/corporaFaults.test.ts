import { readFileSync } from "node:fs";
import { setInterval } from "node:timers";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patience } from "../../scripts/machineSpeed.mjs";
import { CorpusError } from "../../src/jobs/corpora/faults";
import { findCorpusFiles } from "../../src/jobs/corpora/findFiles";
import { readCorpus } from "../../src/jobs/corpora/readCorpus";
import { CorpusReport, MOST_NAMED } from "../../src/jobs/corpora/report";
import {
  CORPUS_DEFAULTS,
  corpusWith,
  readAll,
  readOne,
  textsOf,
  ZSTD_BLOCK,
  zstdFrame,
  zstdRepeated,
} from "../support/corpora";

const fixture = (name: string) => readFileSync(`test/fixtures/corpora/${name}`);

const record = (text: string) => `${JSON.stringify({ text })}\n`;

describe("bad records", () => {
  it("are named by line and reason, and skipped", async () => {
    const lines = [
      '{"text":"a"}',
      "",
      '{"text":',
      '{"text":7}',
      '{"n":1}',
      '{"text":" "}',
      "null",
      '"b"',
    ];
    const { documents, report } = await readOne("a.jsonl", lines.join("\n"), { column: "text" });
    expect(documents.map(({ id }) => id)).toEqual(["a.jsonl#1"]);
    const why = (line: number, reason: string) => ({ file: "a.jsonl", record: line, reason });
    expect(report.skipped).toEqual([
      why(3, "invalid JSON"),
      why(4, 'something else than text in "text"'),
      why(5, 'no text in "text"'),
      why(6, "empty text"),
      why(7, 'no text in "text"'),
      why(8, 'no text in "text"'),
    ]);
    expect(report.skippedByReason.get('no text in "text"')).toBe(3);
  });

  it("of CSV are named by row", async () => {
    const { documents, report } = await readOne("a.csv", "id,text\n1,a\n2\n3,b,c\n4,d\n");
    expect(documents.map(({ id }) => id)).toEqual(["a.csv#1", "a.csv#4"]);
    expect(report.skipped.map(({ record: row }) => row)).toEqual([2, 3]);
    expect([...report.skippedByReason]).toEqual([
      ["more or fewer fields than the first row has", 2],
    ]);
  });

  it("of JSON are named by element", async () => {
    const { documents, report } = await readOne("a.json", '[{"text":"a"},{"text":b},{"text":"c"}]');
    expect(documents.map(({ id }) => id)).toEqual(["a.json#1", "a.json#3"]);
    expect(report.skipped).toEqual([{ file: "a.json", record: 2, reason: "invalid JSON" }]);
  });

  it("are all counted, and the first ones named", async () => {
    const { report } = await readOne("a.jsonl", record("a") + "{\n".repeat(MOST_NAMED + 50));
    expect(report).toMatchObject({ documents: 1, skippedCount: MOST_NAMED + 50 });
    expect(report.skipped).toHaveLength(MOST_NAMED);
  });

  it.each(["a.jsonl", "a.csv", "a.json"])("an empty file has none: %s", async (name) => {
    const { documents, report, error } = await readOne(name, "\n");
    expect({ documents, error }).toEqual({ documents: [], error: null });
    expect(report.skipped).toEqual([{ file: name, record: null, reason: "no records" }]);
  });

  it("an empty text is one", async () => {
    const { report } = await readOne("a.txt", "");
    expect(report.skipped).toEqual([{ file: "a.txt", record: null, reason: "empty text" }]);
  });
});

describe("records that are too long", () => {
  const long = "é".repeat(500);
  const settings = { maxRecordBytes: 600 };
  const texts = ["first", long, "last"];

  it.each([
    ["a.jsonl", texts.map(record).join(""), {}],
    ["a.json", JSON.stringify(texts), {}],
    ["a.csv", `text\n${texts.map((text) => `"${text}"`).join("\n")}`, {}],
    ["a.txt", texts.join("\n"), { lines: true }],
  ])("are skipped and named: %s", async (name, content, more) => {
    const reading = await readOne(name, content, { ...settings, ...more });
    expect(textsOf(reading)).toEqual(["first", "last"]);
    expect(reading.report.skipped).toEqual([
      { file: name, record: 2, reason: "longer than 600 bytes" },
    ]);
  });

  it("of Parquet are skipped when they are unpacked", async () => {
    const { documents, report } = await readAll("test/fixtures/corpora", { maxRecordBytes: 80 }, [
      "pages.parquet",
    ]);
    expect(documents.length).toBeGreaterThan(0);
    expect([...report.skippedByReason]).toEqual([["longer than 80 bytes", 200 - documents.length]]);
    expect(documents.every(({ text }) => Buffer.byteLength(text) <= 80)).toBe(true);
  });

  it("a text file may be one", async () => {
    const { report } = await readOne("a.txt", long, settings);
    expect(report.skipped).toEqual([
      { file: "a.txt", record: null, reason: "longer than 600 bytes" },
    ]);
  });

  it(
    "of 200 MB are never held, however they are packed",
    { timeout: patience(60_000) },
    async () => {
      const mebibyte = gzipSync(Buffer.alloc(2 ** 20, "a"));
      const gzipped = Buffer.concat([
        gzipSync(`${record("first")}{"text":"`),
        ...Array.from({ length: 200 }, () => mebibyte),
        gzipSync(`"}\n${record("last")}`),
      ]);
      const repeated = zstdRepeated("a", (200 * 2 ** 20) / ZSTD_BLOCK);
      for (const [name, content, documents] of [
        ["a.jsonl.gz", gzipped, 2],
        ["a.txt.zst", repeated, 0],
      ] as const) {
        const folder = corpusWith({ [name]: content });
        const { grown, result } = await withMemory(() => readAll(folder));
        expect(result.error).toBeNull();
        expect(result.documents).toHaveLength(documents);
        expect([...result.report.skippedByReason]).toEqual([["longer than 16,777,216 bytes", 1]]);
        expect(grown, `bytes held for ${name}`).toBeLessThan(120 * 2 ** 20);
      }
    },
  );
});

/** What an action gives, and by how much the process's memory has grown on the way, bytes. */
async function withMemory<T>(act: () => Promise<T>): Promise<{ grown: number; result: T }> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  try {
    return { result: await act(), grown: most - before };
  } finally {
    clearInterval(timer);
  }
}

describe("a wrong file", () => {
  const many = Buffer.from(Array.from({ length: 20_000 }, (_, i) => record(`text ${i}`)).join(""));

  it.each([
    ["a.jsonl.gz", gzipSync(many, { level: 1 })],
    ["a.jsonl.zst", zstdFrame(many)],
  ])("that is cut off is an error, after what came before: %s", async (name, whole) => {
    for (const share of [0.5, 0.999]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      const { documents, error } = await readOne(name, cut);
      expect(error).toEqual(
        new CorpusError(`${name} ends too early: a part of it is missing. Get it again.`),
      );
      expect(documents.length).toBeGreaterThan(10_000 * share);
      expect(documents.at(-1)!.text).toBe(`text ${documents.length - 1}`);
    }
  });

  it("does not hide what other files before it have", async () => {
    const folder = corpusWith({ "a.txt": "good", "b.parquet": "bad", "c.txt": "good" });
    const { documents, error } = await readAll(folder);
    expect(documents.map(({ file }) => file)).toEqual(["a.txt"]);
    expect(error!.message).toBe(
      "b.parquet is no Parquet file, whatever its name says. Rename it, or get it again.",
    );
  });

  const junk = Buffer.from(Array.from({ length: 4096 }, (_, i) => ((i * 7919) % 255) + 1));
  const parquet = fixture("bbc.snappy.parquet");
  it.each<[string, string | Uint8Array, string]>([
    ["a.txt", junk, "a.txt is not text: its bytes are binary."],
    ["a.jsonl", Buffer.from(record("a"), "utf16le"), "UTF-16 without a byte order mark"],
    ["a.jsonl.gz", record("a"), "a.jsonl.gz is no gzip file, whatever its name says."],
    ["a.jsonl.zst", gzipSync("a"), "a.jsonl.zst is a gzip file"],
    ["a.jsonl", gzipSync("a"), "a.jsonl is a gzip file"],
    ["a.txt", zstdFrame(Buffer.from("a")), "a.txt is a Zstandard file"],
    ["a.csv", parquet, "a.csv is a Parquet file"],
    ["a.jsonl.gz", "", "a.jsonl.gz ends too early"],
    ["a.parquet", "", "a.parquet is no Parquet file"],
    ["a.parquet", parquet.subarray(0, -100), "a.parquet is damaged"],
    [
      "a.parquet",
      Buffer.concat([parquet.subarray(0, 100), parquet.subarray(-900)]),
      "a.parquet is damaged",
    ],
    ["a.parquet.gz", gzipSync("text"), "a.parquet.gz is no Parquet file"],
    ["a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:", "Git LFS's pointer"],
    [
      "a.json",
      '[{"text":"a"},{"text":"b"',
      "a.json is not valid JSON, or ends too early: record 2",
    ],
    ["a.json", '[{"text":"a"}] more', "a.json is not valid JSON"],
    ["a.csv", 'id,text\n1,a\n2,"b\n', "the quotation mark that opens in line 3 is never closed"],
    ["a.txt.zst", Buffer.from("28b52ffd00d8", "hex"), "a window of more than 32 MiB"],
    [
      "a.txt.zst",
      Buffer.concat([zstdFrame(Buffer.from("a")), Buffer.from("more")]),
      "it goes on as no Zstandard file does",
    ],
  ])("is an error by name: %s", async (name, content, message) => {
    const { error } = await readOne(name, content);
    expect(error).toBeInstanceOf(CorpusError);
    expect(error!.message).toContain(message);
  });

  it("of Parquet without what is asked for says what it has", async () => {
    const { error } = await readAll("test/fixtures/corpora", { column: "titel" }, [
      "bbc.snappy.parquet",
    ]);
    expect(error!.message).toBe(
      'bbc.snappy.parquet has no column "titel". It has "title", "published_date", "authors", "description", "section", "content", "link".',
    );
  });

  it("of unknown encoding is an error", async () => {
    const { error } = await readOne("a.txt", "a", { encoding: "latin-99" });
    expect(error!.message).toContain('The "latin-99" encoding is not supported');
  });

  it("that has gone is an error", async () => {
    const [file] = await findCorpusFiles(["."], corpusWith({ "a.txt": "a" }));
    const gone = { ...file!, path: `${file!.path}.gone` };
    await expect(firstOf([gone])).rejects.toThrow("a.txt can't be read: ENOENT");
  });

  it.each([
    "bbc.snappy.parquet",
    "wikipedia.zstd.parquet",
    "messages.gzip.parquet",
    "frames.jsonl.zst",
  ])("is read or an error by name, whichever of its bytes is another: %s", async (name) => {
    const whole = fixture(name);
    const place = fc.nat({ max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= change;
        const { error } = await readOne(name, bytes);
        expect(error === null || error instanceof CorpusError).toBe(true);
        expect(error?.message ?? name).toContain(name);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

async function firstOf(
  files: Awaited<ReturnType<typeof findCorpusFiles>>,
  signal = new AbortController().signal,
) {
  const documents = readCorpus(files, CORPUS_DEFAULTS, new CorpusReport(), signal);
  for await (const document of documents) return document;
  return null;
}

it("only what is asked for is read: what is wrong behind it is not met", async () => {
  const broken = Buffer.concat([
    gzipSync(record("a").repeat(100_000)),
    gzipSync("x").subarray(0, 12),
  ]);
  const files = await findCorpusFiles(
    ["."],
    corpusWith({ "a.jsonl.gz": broken, "b.parquet": "bad" }),
  );
  expect(await firstOf(files)).toMatchObject({ id: "a.jsonl.gz#1" });
});

it("reading can be cancelled before and on the way", async () => {
  const files = await findCorpusFiles(["."], corpusWith({ "a.jsonl": record("a").repeat(1000) }));
  await expect(firstOf(files, AbortSignal.abort())).rejects.toMatchObject({ code: "Cancelled" });
  const controller = new AbortController();
  const report = new CorpusReport();
  const read = async () => {
    for await (const { record: line } of readCorpus(
      files,
      CORPUS_DEFAULTS,
      report,
      controller.signal,
    )) {
      if (line === 10) controller.abort();
    }
  };
  await expect(read()).rejects.toMatchObject({ code: "Cancelled" });
  expect(report.documents).toBe(10);
});
