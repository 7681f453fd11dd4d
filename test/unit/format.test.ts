import { expect, it } from "vitest";
import {
  BYTES_PER_MB,
  formatBytes,
  formatMeanShare,
  formatProbability,
  shortenedToWords,
} from "../../src/analysis/presentation/format";

it("a mean share has its interval where there is one", () => {
  expect(formatMeanShare({ value: 0.042, low: 0.031, high: 0.0534 })).toBe(
    "4.20 % (95 %: 3.10 to 5.34)",
  );
  expect(formatMeanShare({ value: 0.042, low: null, high: null })).toBe("4.20 %");
});

it.each([
  [0, "0 %"],
  [1e-300, "< 0.001 %"],
  [2.8e-6, "< 0.001 %"],
  [0.000_01, "0.0010 %"],
  [0.000_13, "0.013 %"],
  [0.000_999, "0.10 %"],
  [0.0016, "0.16 %"],
  [0.0099, "0.99 %"],
  [0.009_99, "1.0 %"],
  [0.0325, "3.3 %"],
  [0.0996, "10 %"],
  [0.4567, "46 %"],
  [0.9949, "99 %"],
  [0.997_12, "99.71 %"],
  [0.999_99, "> 99.99 %"],
  [1, "100.00 %"],
])("a probability of %f has two digits: %s", (share, text) => {
  expect(formatProbability(share)).toBe(text);
});

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [11_800_000, "11.8 MB"],
  [256 * BYTES_PER_MB, "256.0 MB"],
  [2 ** 30, "1.1 GB"],
  [24e9, "24.0 GB"],
])("%d bytes are written with a power of 1000: %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it("a list's text is cut between words, unless one takes half of it", () => {
  expect(shortenedToWords("the harbour light", 17)).toBe("the harbour light");
  expect(shortenedToWords("the harbour light", 16)).toBe("the harbour…");
  expect(shortenedToWords("the harbour light", 12)).toBe("the harbour…");
  expect(shortenedToWords("the harbourmaster", 12)).toBe("the harbour…");
  expect(shortenedToWords("東京タワーは高い", 5)).toBe("東京タワ…");
});
