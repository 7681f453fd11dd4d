import { expect, it } from "vitest";
import { durationWords } from "../../src/analysis/presentation/duration";

it.each([
  [0, "a few seconds"],
  [4.9, "a few seconds"],
  [5, "about 10 s"],
  [41, "about 50 s"],
  [50, "about 50 s"],
  [51, "about 1 min"],
  [89, "about 1 min"],
  [91, "about 2 min"],
  [660, "about 11 min"],
  [3560, "about 59 min"],
  [3580, "about 1 h"],
  [7800, "about 2 h 10 min"],
  [86_400, "about 24 h"],
])("%d seconds are %s", (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});
