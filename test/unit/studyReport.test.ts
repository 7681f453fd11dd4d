import { describe, expect, it } from "vitest";
import type { StudyFigure, StudyReport } from "../../src/protocol/studyFigure";
import { pictureNames } from "../../src/report/studyReport/pictureNames";
import { toHtml } from "../../src/report/studyReport/studyHtml";
import { toMarkdown } from "../../src/report/studyReport/studyMarkdown";
import { writtenTable } from "../../src/report/studyReport/tableNumbers";
import { coverageFigure, scatterFigure, studyReport } from "../support/studyFigures";

const HOSTILE =
  "<script>alert(1)</script> | a\n# b `c` $x$ \u202Edcba\u0007 [l](javascript:1) &lt;";

/** Every text that comes from models and files is hostile. */
function hostileReport(): StudyReport {
  const figure: StudyFigure = {
    id: "../../etc/passwd",
    title: HOSTILE,
    subject: [HOSTILE],
    sentence: HOSTILE,
    caption: HOSTILE,
    plot: {
      kind: "bars",
      groups: [{ label: HOSTILE, category: HOSTILE }],
      series: [{ name: HOSTILE, role: "base", values: [{ value: 1, low: null, high: null }] }],
      y: { label: HOSTILE, scale: "linear", format: "number" },
    },
    table: { columns: [HOSTILE, "n"], rows: [[HOSTILE, 1]] },
  };
  return { title: HOSTILE, figures: [figure], methods: [HOSTILE], notes: [HOSTILE] };
}

// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0009\u000B-\u001F\u202A-\u202E]/;

describe("a report in Markdown", () => {
  it("has for each figure the sentence, the picture, how it is read, and the table", () => {
    const figure = coverageFigure();
    const { text, files } = toMarkdown({ ...studyReport(), figures: [figure] }, "quick figures");
    expect(text).toBe(
      [
        "# Quick study of the embedded pair",
        "C4 is not at hand: 48 pages of the open web stand in for it.",
        "## Tokens with more than 10⁻⁸ of the probability",
        figure.sentence,
        "![Tokens with more than 10⁻⁸ of the probability](quick%20figures/coverage.svg)",
        figure.caption,
        "- tiny-stories twins: 10 corpora, 480 documents",
        [
          "| Model | Given text | Own text |",
          "| --- | ---: | ---: |",
          "| Base | 11,240 | 9,870 |",
          "| RLHF | 12,680 | 2,410 |",
        ].join("\n"),
        "## Methods",
        ...studyReport().methods,
      ].join("\n\n") + "\n",
    );
    expect(files.map(({ name }) => name)).toEqual(["coverage.svg"]);
    expect(files[0]!.svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="664"/);
    expect(files[0]!.svg).toContain(`<desc>${figure.sentence}</desc>`);
  });

  it("puts long tables behind a toggle, and cuts very long ones", () => {
    const { text } = toMarkdown({ ...studyReport(), figures: [scatterFigure(1000)] }, "figures");
    expect(text).toContain("<details><summary>Table: 1,000 rows</summary>\n\n| Document |");
    expect(text).toContain("The first 200 of 1,000 rows are shown.\n\n</details>");
    expect(text.match(/^\| wikipedia/gm)).toHaveLength(200);
  });

  it("keeps hostile text as text, in one cell, line and link", () => {
    const { text, files } = toMarkdown(hostileReport(), "figures");
    expect(text).not.toMatch(UNSEEN);
    const picture = /^!\[.*\]\(figures\/etc-passwd\.svg\)$/m;
    expect(text.replace(picture, "")).not.toMatch(/(?<!\\)[<`$[\]]/);
    expect(text).toMatch(picture);
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.match(/\|/g)).toHaveLength(3);
    expect(files.map(({ name }) => name)).toEqual(["etc-passwd.svg"]);
    expect(files[0]!.svg).not.toContain("<script");
  });

  it("lets no line become a heading or a list", () => {
    const starts = ["# a", "- a", "+ a", "1. a", "12) a", "---", "* a", "> a"];
    const { text } = toMarkdown({ ...studyReport(), figures: [], notes: starts }, "figures");
    const lines = text.split("\n\n").slice(1, 1 + starts.length);
    expect(lines).toEqual([
      "\\# a",
      "\\- a",
      "\\+ a",
      "1\\. a",
      "12\\) a",
      "\\---",
      "\\* a",
      "\\> a",
    ]);
  });
});

describe("a report in HTML", () => {
  it("needs nothing else, and runs nothing", () => {
    const html = toHtml(studyReport());
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(html).not.toMatch(
      /<(script|link|img|iframe|object)\b|\bon\w+="|href=|src=|@import|url\(/,
    );
    expect(html.match(/<svg /g)).toHaveLength(5);
    expect(html.match(/<details>/g)).toHaveLength(5);
    for (const { sentence, title } of studyReport().figures) {
      expect(html.indexOf(sentence)).toBeGreaterThan(html.indexOf(`<h2>${title}</h2>`));
    }
  });

  it("paints drawings with colours of its style sheet, which has each for light and dark", () => {
    const html = toHtml(studyReport());
    const used = new Set(html.match(/var\(--[\w-]+\)/g));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) {
      const definition = `${name.slice("var(".length, -1)}: #`;
      expect(html.split(definition), name).toHaveLength(3);
    }
  });

  it("keeps hostile text as text", () => {
    const html = toHtml(hostileReport());
    expect(html).not.toMatch(UNSEEN);
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&amp;lt;");
  });

  it("says what a value is where it is pointed at", () => {
    expect(toHtml({ ...studyReport(), figures: [coverageFigure()] })).toContain(
      "<title>Base\nGiven text\nTokens: 11,240 (95 %: 10,453 to 12,027)</title>",
    );
  });
});

describe("a table", () => {
  it("gives a column's numbers the same decimals, and says what is not measured", () => {
    const { columns, rows } = writtenTable({
      columns: ["name", "n", "perplexity", "share"],
      rows: [
        ["a", 1, 8.123456, 1e-9],
        ["b", 12_345, 1234.5678, 0.25],
        ["c", null, 12.3, -0.125],
        [null, 3, NaN, 0],
      ],
    });
    expect(columns.map(({ isNumber }) => isNumber)).toEqual([false, true, true, true]);
    expect(rows).toEqual([
      ["a", "1", "8.12", "10⁻⁹"],
      ["b", "12,345", "1,234.57", "0.2500"],
      ["c", "not measured", "12.30", "−0.1250"],
      ["not measured", "3", "–", "0.0000"],
    ]);
  });
});

describe("pictures' names", () => {
  it("are letters, digits and dashes, each once", () => {
    const ids = ["a b", "A-b", "../x", "", "日本", "a b"];
    const figures = ids.map((id) => ({ ...coverageFigure(), id }));
    expect(pictureNames(figures)).toEqual(["a-b", "A-b-2", "x", "figure", "figure-2", "a-b-3"]);
  });
});
