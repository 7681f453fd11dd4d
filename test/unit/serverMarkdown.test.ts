import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoleToken } from "../../src/protocol/tokenDetails";
import type { Role } from "../../src/protocol/roles";
import { expectation } from "../../src/server/features/expectation";
import { bar, hoverMarkdown } from "../../src/server/features/hover";
import { escapeMarkdown } from "../../src/protocol/markdown";
import { commandLink } from "../../src/server/features/markdown";

/** What could end up as markup, a link, an image, an icon, HTML or another table cell. */
const HOSTILE = [
  "[x](command:workbench.action.terminal.sendSequence?%7B%7D)",
  "![x](https://example.com/a.png)",
  "<img src=x onerror=alert(1)>",
  "| | |\n| :-- |",
  "`code` **bold** _it_ ~~no~~",
  "https://example.com www.example.com a@example.com",
  "$(alert) <https://example.com> &lt;b&gt;",
  "\\[x\\](y)\r\n# heading",
];

/** Undoes what Markdown does to numeric references. */
const decoded = (markdown: string) =>
  markdown.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe("escapeMarkdown", () => {
  it.each(HOSTILE)("leaves nothing of %j that Markdown reads", (text) => {
    expect(escapeMarkdown(text).replace(/&#\d+;/g, "")).toMatch(/^[\p{L}\p{N} ]*$/u);
  });

  it("shows any text as it is, but for blanks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decoded(escapeMarkdown(text))).toBe(text.replace(/\s+/gu, " "));
        expect(escapeMarkdown(text).replace(/&#\d+;/g, "")).toMatch(/^[\p{L}\p{N} ]*$/u);
      }),
    );
  });
});

describe("commandLink", () => {
  it("encodes its arguments so that nothing in them ends the link", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (uri, token) => {
        const link = commandLink(
          "label",
          "twinlens.insertAlternative",
          [uri, 1, "base", token, 0],
          "t",
        );
        const target = /^\[label\]\(command:twinlens\.insertAlternative\?([\w.%-]*) "t"\)$/.exec(
          link,
        );
        expect(JSON.parse(decodeURIComponent(target![1]!))).toEqual([uri, 1, "base", token, 0]);
      }),
    );
  });
});

describe("the hover", () => {
  const token = (label: string): RoleToken => ({
    role: "base",
    token: 3,
    id: 7,
    range: { start: 0, endExclusive: 1 },
    label,
    flags: 0,
    score: {
      logProbability: Math.log(0.25),
      distribution: {
        rank: 2,
        entropyBits: 3,
        coverage: 5,
        alternatives: [
          { id: 8, label, logProbability: Math.log(0.5), insertable: true },
          { id: 7, label, logProbability: Math.log(0.25), insertable: true },
          { id: 9, label, logProbability: Math.log(0.125), insertable: false },
        ],
      },
    },
  });
  const details = (label: string, stale = false, replacedBy: string | null = null) => ({
    version: 4,
    stale,
    measured: { pair: "<twins>", replacedBy },
    tokens: [token(label)],
  });
  const links = (markdown: string) => markdown.match(/\]\([^)]*\)/g) ?? [];

  it.each(HOSTILE)("holds no link but its own, whatever a token says: %j", (text) => {
    const markdown = hoverMarkdown(details(text), "file:///a(b)'c.txt");
    expect(links(markdown).map((link) => /^\]\(command:([\w.]+)\?/.exec(link)?.[1])).toEqual([
      "twinlens.continueFromHere",
      "twinlens.insertAlternative",
      "twinlens.continueFromHere",
      "twinlens.continueFromHere",
    ]);
    expect(markdown).not.toMatch(/[<>!`]/);
    const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(rows.map((row) => row.split("|").length))).toEqual(new Set([3, 4]));
  });

  it("gives probability, surprisal, rank and entropy", () => {
    const markdown = hoverMarkdown(details("fox"), "file:///a.txt");
    for (const text of ["25 %", "2.00 bits", "3.00 bits"]) {
      expect(markdown).toContain(text);
    }
    expect(markdown).toMatch(/\| rank\S* \| 2 \|/);
  });

  it("lists ten alternatives in two columns of five, so that all are seen at once", () => {
    const many = token("fox");
    const alternatives = Array.from({ length: 12 }, (_, i) => ({
      id: 100 + i,
      label: `word${i}`,
      logProbability: Math.log(0.32 / 2 ** i),
      insertable: false,
    }));
    const score = many.score!;
    const distribution = { ...score.distribution!, alternatives };
    const tokens = [{ ...many, score: { ...score, distribution } }];
    const [table] = hoverMarkdown({ ...details("fox"), tokens }, "file:///a.txt")
      .split("\n\n")
      .filter((part) => part.startsWith("|"));
    const lines = table!.split("\n");
    // Blanks keep the columns apart, and no line breaks at one.
    for (const line of [lines[0]!, ...lines.slice(2)]) {
      expect(line).toMatch(/^\| [^ ]*&#160;&#160; \| [^ ]* \|$/);
    }
    const plain = lines.map((line) => line.replaceAll("&#160;&#160; |", " |"));
    expect(plain.map((line) => line.replaceAll("&#160;", " "))).toEqual([
      "| base expected |  |",
      "| :-- | :-- |",
      "| █ 32 % word0 | ▏ 1.0 % word5 |",
      "| ▌ 16 % word1 | ▏ 0.50 % word6 |",
      "| ▎ 8.0 % word2 | ▏ 0.25 % word7 |",
      "| ▏ 4.0 % word3 | ▏ 0.13 % word8 |",
      "| ▏ 2.0 % word4 | ▏ 0.063 % word9 |",
    ]);
  });

  it("says what was not measured", () => {
    const { score, ...bare } = token("fox");
    const tokens = [{ ...bare, score: { ...score!, distribution: null } }];
    const parts = hoverMarkdown({ ...details("fox"), tokens }, "file:///a.txt").split("\n\n");
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatch(/^\[Continue from here\]\(command:twinlens\.continueFromHere\?/u);
    const rows = parts[1]!.replaceAll("&#160;", "").split("\n");
    expect(rows).toContain("| surprisal | 2.00 bits |");
    expect(rows).toContain("| rank | not measured |");
    expect(rows).toContain("| entropy | not measured |");
  });

  it("links neither the token itself, nor what is no text, nor anything stale", () => {
    expect(links(hoverMarkdown(details("fox", true), "file:///a.txt"))).toEqual([]);
    expect(hoverMarkdown(details("fox", true), "file:///a.txt")).toContain("Out of date");
  });

  it("names the pair that has scored a token, where another one is in use", () => {
    const markdown = hoverMarkdown(details("fox", true, "siblings"), "file:///a.txt");
    expect(markdown).toContain("**Out of date**: measured with &#60;twins&#62;.");
  });
});

describe("the hover's sentence", () => {
  const token = (role: Role, probability: number, options: Partial<RoleToken> = {}): RoleToken => ({
    role,
    token: 3,
    id: 7,
    range: { start: 4, endExclusive: 9 },
    label: "years",
    flags: 0,
    score: {
      logProbability: Math.log(probability),
      distribution: { rank: 4, entropyBits: 3, coverage: 5, alternatives: [] },
    },
    ...options,
  });

  it.each([
    [0.3, 0.02, "RLHF expected **years** 15 times less than base."],
    [0.001, 0.0025, "RLHF expected **years** 2.5 times more than base."],
    [0.9, 0.0004, "RLHF expected **years** 2,300 times less than base."],
    [0.2, 0.19, "Both models expected **years** about equally."],
    [0.2, 0.2, "Both models expected **years** equally."],
    [0.2, 0, "RLHF ruled **years** out, base did not."],
  ])("compares %f with %f", (base, rlhf, sentence) => {
    expect(expectation([token("base", base), token("rlhf", rlhf)])).toBe(sentence);
  });

  it("is silent where the tokens are not the same text, or not scored", () => {
    const longer = token("rlhf", 0.1, { range: { start: 4, endExclusive: 10 } });
    expect(expectation([token("base", 0.1), longer])).toBe("");
    expect(expectation([token("base", 0.1), token("rlhf", 0.1, { score: null })])).toBe("");
    expect(expectation([token("base", 0.1), token("rlhf", 0.1), token("rlhf", 0.1)])).toBe("");
  });

  it("says of one model what it expected more", () => {
    expect(expectation([token("rlhf", 0.1)])).toBe(
      "The RLHF model expected 3 other tokens more than **years**.",
    );
  });
});

describe("bar", () => {
  it("grows with the share, to three characters", () => {
    expect([0, 1 / 24, 1 / 3, 0.5, 1].map(bar)).toEqual(["▏", "▏", "█", "█▌", "███"]);
  });
});
