import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { beginningsOf } from "../../src/jobs/inside/beginnings";

const documents = (...texts: string[]): AsyncIterable<{ id: string; text: string }> =>
  Readable.from(texts.map((text, i) => ({ id: `d${i}`, text })));

const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `w${from + i}`).join(" ");

describe("beginnings", () => {
  const request = { words: 2, stride: 5, most: 100 };

  it("stand at equal distances, each with something behind it", async () => {
    const { documents: names, beginnings } = await beginningsOf(
      documents(words(0, 12), words(0, 2), "a  b\nc"),
      request,
    );
    expect(names).toEqual(["d0", "d2"]);
    expect(beginnings).toEqual([
      { document: 0, text: "w0 w1" },
      { document: 0, text: "w5 w6" },
      { document: 1, text: "a  b" },
    ]);
  });

  it("are as many as are wanted, in rounds over the documents", async () => {
    const long = words(0, 100);
    const of = async (most: number) =>
      (await beginningsOf(documents(long, words(0, 4), long), { ...request, most })).beginnings.map(
        ({ document }) => document,
      );
    expect(await of(2)).toEqual([0, 1]);
    expect(await of(6)).toEqual([0, 0, 0, 1, 2, 2]);
    expect(await of(100)).toHaveLength(41);
  });

  it("leave out words that are none", async () => {
    const { beginnings } = await beginningsOf(documents(`${"x".repeat(500)} b c`), request);
    expect(beginnings).toEqual([]);
  });
});
