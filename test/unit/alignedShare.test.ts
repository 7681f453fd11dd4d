import { describe, expect, it } from "vitest";
import { alignedShare } from "../../src/analysis/samples/alignedShare";
import { keptColumns } from "../../src/analysis/samples/overlap";
import { readAligned } from "../support/alignedRows";

describe("alignedShare", () => {
  it("counts the samples whose character five others have, as a share of all", () => {
    // Column 0: six a, one b: the six. Column 1: five c, two d: none. Column 2: seven e: all. Column 3: six f, one gap.
    const rows = ["acef", "acef", "acef", "acef", "acef", "adef", "bde-"];
    const { texts, alignment } = readAligned(rows);
    expect([...alignedShare(texts, alignment, keptColumns(alignment))]).toEqual([
      6 / 7,
      0,
      1,
      6 / 7,
    ]);
  });

  it("adds up different characters that enough samples have", () => {
    // Six a and seven b among fourteen, one c.
    const { texts, alignment } = readAligned([..."aaaaaabbbbbbbc"]);
    expect([...alignedShare(texts, alignment, Int32Array.of(0))]).toEqual([13 / 14]);
  });

  it("is nothing where there are too few samples for five others", () => {
    const { texts, alignment } = readAligned(["a", "a", "a", "a", "a"]);
    expect([...alignedShare(texts, alignment, Int32Array.of(0))]).toEqual([0]);
  });
});
