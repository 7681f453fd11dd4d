import { expect, it } from "vitest";
import { formatMeanShare } from "../../src/analysis/presentation/format";

it("a mean share has its interval where there is one", () => {
  expect(formatMeanShare({ value: 0.042, low: 0.031, high: 0.0534 })).toBe(
    "4.20 % (95 %: 3.10 to 5.34)",
  );
  expect(formatMeanShare({ value: 0.042, low: null, high: null })).toBe("4.20 %");
});
