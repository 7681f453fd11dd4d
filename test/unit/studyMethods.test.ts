/** What a study's report says of how it was measured. */
import { expect, it } from "vitest";
import type { Measure } from "../../src/formats/study/studySchema";
import { studyReport } from "../../src/report/study/studyReport";
import { inventedResult } from "../support/studyResult";

const result = inventedResult(2);
const methodsOf = (...measures: readonly Measure[]) => {
  const cells = result.cells.filter(
    ({ corpus, measure }) => corpus === "C4" && measures.includes(measure),
  );
  return studyReport({ ...result, cells }, null).methods;
};
const ofBase = (methods: readonly string[]) =>
  methods.find((line) => line.startsWith("twins, base: "));

it("names the windows that texts were scored in, also where models were trained after", () => {
  const scored = ofBase(methodsOf("perplexity", "readaptation"));
  expect(scored).toContain("; windows of 256 tokens, stride 128; plain attention");
  expect(scored).toBe(ofBase(methodsOf("perplexity")));
});

it("names no such windows where models were only trained", () => {
  const trained = ofBase(methodsOf("readaptation"));
  expect(trained).toContain("SHA-256 base; plain attention on CPU");
});

it("names what each model was trained with, all that were trained alike in a line", () => {
  const how =
    "trained in 2 steps of 4 windows of at most 256 predicted tokens by AdamW at a constant rate of 2e-4, weight decay 0, measured every 2 steps, seed 1";
  expect(methodsOf("readaptation").slice(-2)).toEqual([
    `C4, twins: an adapter of rank 8 and alpha 16, ${how}: base, rlhf, sft`,
    `C4, twins: all weights, ${how}: base, rlhf, sft`,
  ]);
});

it("counts trainings where some are missing", () => {
  const cells = result.cells
    .filter(({ corpus, measure }) => corpus === "C4" && measure === "readaptation")
    .map((cell) => ({ ...cell, isComplete: false }));
  expect(studyReport({ ...result, cells }, null).notes).toEqual([
    "C4, twins: readaptation is not complete: 6 trainings so far.",
  ]);
});
