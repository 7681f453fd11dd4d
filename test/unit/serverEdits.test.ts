import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenColumns } from "../../src/protocol/scores";
import {
  firstStaleOffset,
  moveRange,
  moveTokens,
  type Edit,
} from "../../src/server/documents/edits";
import { selectDocument } from "../../src/server/documents/selector";
import { sectionsOf } from "../../src/server/documents/sections";

/** Columns of tokens that cover a text without gaps, ending at `ends`. */
function columnsOf(ends: readonly number[]): TokenColumns {
  const count = ends.length;
  return {
    count,
    start: Uint32Array.from([0, ...ends.slice(0, -1)]),
    endExclusive: Uint32Array.from(ends),
    id: new Int32Array(count),
    withoutToken: 0,
    flags: new Uint8Array(count),
    logProbability: new Float64Array(count),
    distribution: null,
  };
}

const apply = (text: string, { start, endExclusive }: Edit, inserted: string) =>
  text.slice(0, start) + inserted + text.slice(endExclusive);

const editsOf = (length: number) =>
  fc.tuple(fc.nat(length), fc.nat(length), fc.string({ maxLength: 5 })).map(([a, b, inserted]) => ({
    inserted,
    edit: { start: Math.min(a, b), endExclusive: Math.max(a, b), length: inserted.length },
  }));

describe("moveTokens", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  const cuts = fc
    .uniqueArray(fc.integer({ min: 1, max: 25 }))
    .map((ends) => [...ends.sort((a, b) => a - b), 26]);

  it("keeps every token on the characters it stood for, or on none", () => {
    fc.assert(
      fc.property(cuts, editsOf(26), (ends, { edit, inserted }) => {
        const old = columnsOf(ends);
        const moved = moveTokens(old, edit);
        const newText = apply(text, edit, inserted);
        for (let token = 0; token < old.count; token++) {
          const was = text.slice(old.start[token], old.endExclusive[token]);
          const is = newText.slice(moved.start[token], moved.endExclusive[token]);
          const untouched =
            old.endExclusive[token]! <= edit.start || old.start[token]! >= edit.endExclusive;
          expect(is).toBe(untouched ? was : "");
        }
      }),
    );
  });

  it("keeps tokens in text order", () => {
    fc.assert(
      fc.property(cuts, editsOf(26), (ends, { edit }) => {
        const { start, endExclusive, count } = moveTokens(columnsOf(ends), edit);
        for (let token = 1; token < count; token++) {
          expect(start[token]).toBeGreaterThanOrEqual(endExclusive[token - 1]!);
        }
      }),
    );
  });

  it("leaves the old columns as they were", () => {
    const old = columnsOf([3, 6]);
    moveTokens(old, { start: 0, endExclusive: 3, length: 9 });
    expect([...old.endExclusive]).toEqual([3, 6]);
  });
});

describe("moveRange", () => {
  const move = (start: number, endExclusive: number, edit: Edit) =>
    moveRange({ start, endExclusive }, edit);

  it.each([
    ["an edit behind it changes nothing", [2, 5], [6, 7, 0], [2, 5]],
    ["an edit in front shifts it", [2, 5], [0, 1, 4], [5, 8]],
    ["typing inside makes it longer", [2, 5], [3, 3, 2], [2, 7]],
    ["typing at its end makes it longer", [2, 5], [5, 5, 1], [2, 6]],
    ["deleting its end makes it shorter", [2, 5], [4, 9, 0], [2, 4]],
    ["deleting its start makes it shorter", [2, 5], [0, 3, 0], [0, 2]],
    ["deleting it leaves nothing", [2, 5], [0, 9, 0], [0, 0]],
  ] as const)("%s", (_, [start, end], [from, to, length], [newStart, newEnd]) => {
    expect(move(start, end, { start: from, endExclusive: to, length })).toEqual({
      start: newStart,
      endExclusive: newEnd,
    });
  });
});

describe("firstStaleOffset", () => {
  const stale = (text: string, at: number) =>
    firstStaleOffset(text, { start: at, endExclusive: at, length: 1 });

  it("goes back over the word and the blanks before it", () => {
    expect(stale("The old  fox ran", 12)).toBe(7);
    expect(stale("The", 2)).toBe(0);
    expect(stale("The fox", 4)).toBe(3);
  });

  it("takes bounded time where nothing is blank", () => {
    expect(stale("x".repeat(10_000), 10_000)).toBe(10_000 - 1024);
  });
});

describe("sectionsOf", () => {
  const texts = (text: string, language: string) =>
    sectionsOf(text, language).map(({ start, endExclusive }) => text.slice(start, endExclusive));

  it("cuts Markdown at its headings, but not inside code", () => {
    const text = "intro\n# A\na\n```\n# no\n```\n## B\nb\n";
    expect(texts(text, "markdown")).toEqual(["# A\na\n```\n# no\n```\n", "## B\nb\n"]);
  });

  it("cuts other texts at blank lines", () => {
    expect(texts("a\nb\r\n\r\n \nc\n\n\nd", "plaintext")).toEqual(["a\nb\r\n", "c\n", "d"]);
  });

  it("names a part by its heading or by its beginning", () => {
    const names = (text: string, language: string) =>
      sectionsOf(text, language).map(({ name }) => name);
    expect(names("# Tides ##\n#\ntext\n## `A` & b\n", "markdown")).toEqual([
      "Section “Tides”",
      "Section",
      "Section “`A` & b”",
    ]);
    const [long, short] = names(`${"The fox ".repeat(9)}\n\n  # no heading\r\nb`, "plaintext");
    expect(long).toBe("Paragraph “The fox The fox The fox The fox The fox…”");
    expect(short).toBe("Paragraph “# no heading”");
  });

  it("stops at 200", () => {
    expect(sectionsOf("a\n\n".repeat(500), "plaintext")).toHaveLength(200);
    expect(sectionsOf("# a\n".repeat(500), "markdown")).toHaveLength(200);
  });
});

describe("selectDocument", () => {
  it.each([
    ["file:///home/me/my%20story.txt", "file", "/home/me/my story.txt"],
    ["file:///c%3A/Users/me/a.txt", "file", "c:/Users/me/a.txt"],
    ["file://server/share/a.txt", "file", "//server/share/a.txt"],
    ["untitled:Untitled-1", "untitled", "Untitled-1"],
    ["vscode-remote://ssh-remote%2Bhost/home/a.txt", "vscode-remote", "/home/a.txt"],
    ["git:/home/a.txt?%7B%22ref%22%3A%22%22%7D", "git", "/home/a.txt"],
    ["file:///a/%5Bb%5D%7Bc%7D%2A.txt", "file", "/a/[[]b[]][{]c[}][*].txt"],
  ])("selects %s by scheme and path alone", (uri, scheme, pattern) => {
    expect(selectDocument(uri)).toEqual([{ scheme, pattern }]);
  });
});
