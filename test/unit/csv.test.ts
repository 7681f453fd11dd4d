import { expect, it } from "vitest";
import { csvLine } from "../../src/analysis/presentation/csv";
import { toTableCsv } from "../../webview/charts/tableCsv";

it("quotes what would end a cell or a line, and nothing else", () => {
  expect(csvLine(["plain", "a,b", 'say "no"', "two\r\nlines"])).toBe(
    'plain,"a,b","say ""no""","two\r\nlines"\r\n',
  );
});

it("writes numbers in full, and nothing for what is none", () => {
  expect(csvLine([1 / 3, -2, 0, NaN, Infinity, null, ""])).toBe(`${1 / 3},-2,0,,,,\r\n`);
});

it("leaves text as it is", () => {
  expect(csvLine([" fox", "=1+1", "\u009b", "\t", "1"])).toBe(" fox,=1+1,\u009b,\t,1\r\n");
});

it("writes a table's values, not what they are shown as", () => {
  const table = {
    columns: [
      { title: "Text", kind: "text" as const },
      { title: "Share, %", kind: "number" as const, format: () => "about half" },
      { title: "Band", kind: "words" as const, format: () => "not measured" },
    ],
    rows: () => [
      ["two\nlines", 50.125, "above"],
      [{ words: "head", explanation: "What it means" }, NaN, NaN],
    ],
  };
  expect(toTableCsv(table)).toBe('Text,"Share, %",Band\r\n"two\nlines",50.125,above\r\nhead,,\r\n');
});
