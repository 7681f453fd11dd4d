import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PACKINGS, readAll, readOne, textsOf } from "../support/corpora";

const FIXTURES = "test/fixtures/corpora";

/** Two texts with what formats quote: breaks, quotation marks, separators, characters of several bytes. */
const TEXTS = ['One, "two";\tthree\r\n\r\nfour', "Füße 你好 🎉 [{}] \\"];
const rows = TEXTS.map((text, i) => ({ id: i, text, url: "https://example.org" }));
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csv = (delimiter: string) =>
  [Object.keys(rows[0]!), ...rows.map(({ id, text, url }) => [id, quoted(text), url])]
    .map((fields) => fields.join(delimiter))
    .join("\r\n");

/** The two texts as records of each format. */
const FILES: Readonly<Record<string, string>> = {
  jsonl: rows.map((row) => JSON.stringify(row)).join("\n"),
  json: JSON.stringify(rows, null, 2),
  csv: csv(","),
  tsv: csv("\t"),
};

describe.each(Object.entries(PACKINGS))("packed as '%s'", (ending, pack) => {
  it.each(["txt", "md"])("a %s file is a document", async (format) => {
    const { documents, report, error } = await readOne(
      `a.${format}${ending}`,
      pack(Buffer.from(TEXTS[0]!)),
    );
    expect(error).toBeNull();
    const name = `a.${format}${ending}`;
    expect(documents).toEqual([
      { id: name, file: name, record: null, text: TEXTS[0], turns: null },
    ]);
    expect(report.sources).toEqual([{ format: "text", rendering: "text", column: null, files: 1 }]);
  });

  it.each(Object.entries(FILES))("a %s file has a document a record", async (format, content) => {
    const name = `a.${format}${ending}`;
    const { documents, report, error } = await readOne(name, pack(Buffer.from(content)));
    expect(error).toBeNull();
    expect(documents).toEqual(
      TEXTS.map((text, i) => ({
        id: `${name}#${i + 1}`,
        file: name,
        record: i + 1,
        text,
        turns: null,
      })),
    );
    expect(report.sources).toEqual([{ format, rendering: "text", column: "text", files: 1 }]);
    expect(report).toMatchObject({ documents: 2, skippedCount: 0, warnings: [] });
  });
});

describe.each(Object.entries(PACKINGS))("a Parquet file packed as '%s'", (ending, pack) => {
  it("has a document a row", async () => {
    const bytes = readFileSync(`${FIXTURES}/wikipedia.zstd.parquet`);
    const name = `a.parquet${ending}`;
    const { documents, report } = await readOne(name, pack(bytes));
    expect(documents.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((row) => `${name}#${row}`));
    expect(documents[4]!.text).toContain("Ferry 4 left the harbour at 4 o’clock");
    expect(report.sources).toEqual([
      { format: "parquet", rendering: "text", column: "text", files: 1 },
    ]);
  });
});

it("lines of a text can be documents, by their numbers", async () => {
  const { documents } = await readOne("a.txt", "one\r\n\r\n  \ntwo \nthree", { lines: true });
  expect(documents.map(({ id, text }) => [id, text])).toEqual([
    ["a.txt#1", "one"],
    ["a.txt#4", "two "],
    ["a.txt#5", "three"],
  ]);
});

it("a text may have byte order marks, or another encoding", async () => {
  const utf16 = Buffer.from("\ufeff\ufeffFüße", "utf16le");
  expect(textsOf(await readOne("a.txt", utf16))).toEqual(["Füße"]);
  expect(textsOf(await readOne("a.jsonl", '\ufeff{"text":"a"}'))).toEqual(["a"]);
  const latin1 = Buffer.from("Füße", "latin1");
  expect(textsOf(await readOne("a.txt", latin1, { encoding: "latin1" }))).toEqual(["Füße"]);
});

it("bytes that an encoding does not know are warned of", async () => {
  const bytes = Buffer.from('{"text":"a long line"}\n{"text":"Füße are feet"}', "latin1");
  const reading = await readOne("a.jsonl", bytes);
  expect(textsOf(reading)).toEqual(["a long line", "F\ufffd\ufffde are feet"]);
  expect(reading.report.warnings).toEqual([
    expect.stringContaining("a.jsonl is not valid UTF-8: line 2"),
  ]);
});

it.each([
  ["objects in a row", '{"text":"a"} {"text":"b"}\n\n{"text":\n"c"}', ["a", "b", "c"]],
  ["JSON Lines with one that is broken", '{"text":"a"}\n{"text":"b"\n{"text":"c"}', ["a", "c"]],
  ["one object over many lines", '{\n"text": "a ]},\\" b"\n}\n', ['a ]}," b']],
  ["texts alone", '["a", "b\\\\", "c,]"]', ["a", "b\\", "c,]"]],
  ["lists within", '[{"text":"a","tags":["x",{"y":[1]}]},{"text":"b"},]', ["a", "b"]],
])("a JSON file may be %s", async (_, content, texts) => {
  const reading = await readOne("a.json", content);
  expect(reading.error).toBeNull();
  expect(textsOf(reading)).toEqual(texts);
});

it("a CSV file may be parted by semicolons or tabs, and have quotation marks within fields", async () => {
  const semicolons = 'name;text\na;say "hi", or\nb;"x;\ny ""z"""';
  expect(textsOf(await readOne("a.csv", semicolons))).toEqual(['say "hi", or', 'x;\ny "z"']);
  expect(textsOf(await readOne("a.csv", "name\ttext\na\tx, y; z"))).toEqual(["x, y; z"]);
  expect(textsOf(await readOne("a.csv", '"name","text"\n\n"a","x"\n'))).toEqual(["x"]);
  expect(textsOf(await readOne("a.csv", "name,text\r\na,x\ry\r\n"))).toEqual(["x\ry"]);
});

it("Parquet files are read whoever packed them, and however", async () => {
  const news = await readAll(FIXTURES, {}, ["bbc.snappy.parquet"]);
  expect(news.report.sources).toEqual([
    { format: "parquet", rendering: "text", column: "content", files: 1 },
  ]);
  expect(news.documents.map(({ id }) => id)).toEqual(
    [1, 2, 3, 5, 6].map((row) => `bbc.snappy.parquet#${row}`),
  );
  expect(news.report.skipped).toEqual([
    { file: "bbc.snappy.parquet", record: 4, reason: 'no text in "content"' },
  ]);
  const titles = await readAll(FIXTURES, { column: "title" }, ["wikipedia.zstd.parquet"]);
  expect(textsOf(titles)).toEqual([0, 1, 2, 3, 4].map((i) => `Ferry ${i}`));
  const chats = await readAll(FIXTURES, {}, ["messages.gzip.parquet"]);
  expect(chats.documents[3]!.turns).toEqual([
    { speaker: "user", text: "When does ferry 3 leave?" },
    { speaker: "assistant", text: "At 3 o’clock." },
  ]);
});

it("rows of a row group with many pages come in order", async () => {
  const pages = await readAll(FIXTURES, {}, ["pages.parquet"]);
  expect(pages.documents.map(({ record }) => record)).toEqual(
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
  expect(pages.documents.every(({ text }, i) => text.startsWith(`Ferry ${i} left`))).toBe(true);
});

it("Zstandard frames follow each other, with checksums, and others between", async () => {
  const reading = await readAll(FIXTURES, {}, ["frames.jsonl.zst"]);
  expect(reading.error).toBeNull();
  const half = Array.from({ length: 40 }, (_, i) => `Ferry ${i}`);
  expect(textsOf(reading).map((text) => /^Ferry \d+/u.exec(text)?.[0])).toEqual([...half, ...half]);
});
