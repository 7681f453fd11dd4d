import { expect, it } from "vitest";
import { csvLine, foreignCell } from "../../src/analysis/presentation/csv";

it("quotes what would end a cell or a line, and nothing else", () => {
  expect(csvLine(["plain", "a,b", 'say "no"', "two\r\nlines"])).toBe(
    'plain,"a,b","say ""no""","two\r\nlines"\r\n',
  );
});

it("writes numbers in full, and nothing for what is none", () => {
  expect(csvLine([1 / 3, -2, 0, NaN, Infinity, null, ""])).toBe(`${1 / 3},-2,0,,,,\r\n`);
});

it("shows control characters of foreign text, and makes a formula of none", () => {
  expect(csvLine([foreignCell('=cmd("x")\u009b')])).toBe('"""=cmd(\\""x\\"")\\u009b"""\r\n');
});
