import { expect, it } from "vitest";
import { alignSamples } from "../../src/cli/output/align";
import { alignColumns } from "../../src/cli/output/columns";
import { oneLine } from "../../src/cli/output/oneLine";
import { widthOf } from "../../src/cli/output/width";

it("aligns columns by the cells that text takes on a terminal", () => {
  const rows = [
    ["渡し船.txt", "base", "12.5"],
    ["cafe\u0301.md", "RLHF", "7.25"],
    ["🦊.txt", "base", "100.0"],
  ];
  expect(alignColumns(rows, 2)).toEqual([
    "渡し船.txt  base   12.5",
    "cafe\u0301.md     RLHF   7.25",
    "🦊.txt      base  100.0",
  ]);
});

it("cuts a line between characters, at the terminal's cells", () => {
  expect(oneLine("渡し船で渡る", 12)).toBe("渡し船で渡る");
  expect(oneLine("渡し船で渡る", 11)).toBe("渡し船で渡…");
  expect(oneLine("渡し船で渡る", 10)).toBe("渡し船で…");
  expect(oneLine("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(oneLine("👩‍🚀👩‍🚀", 3)).toBe("👩‍🚀…");
  expect(oneLine("two\nlines", 5)).toBe("two↵…");
});

it("shows aligned samples in columns as wide as their widest character", () => {
  const samples = ["The ferry 船 crosses the river.", "The ferry is what crosses the river."];
  const [first, second] = [...alignSamples([{ stage: null, prompt: "", samples }], "text")]
    .join("")
    .split("\n");
  expect(widthOf(first!)).toBe(widthOf(second!));
  const cellOf = (line: string) => widthOf(line.slice(0, line.indexOf("crosses")));
  expect(cellOf(first!)).toBe(cellOf(second!));
});
