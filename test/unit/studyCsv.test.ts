/** Numbers of a study as the command line writes them. */
import { expect, it } from "vitest";
import { toStudyCsv } from "../../src/cli/output/study";
import type { Measure } from "../../src/formats/study/studySchema";
import { inventedResult } from "../support/studyResult";

const result = inventedResult(2);
const csvOf = (wanted: Measure) => {
  const cells = result.cells.filter(({ corpus, measure }) => corpus === "C4" && measure === wanted);
  const [head, ...rows] = toStudyCsv({ ...result, cells })
    .trimEnd()
    .split("\r\n");
  expect(head).toBe("pair,corpus,category,measure,document,documents,of,quantity,value");
  return { cell: cells[0]!, rows };
};

it("has a row for each document, model and number", () => {
  const { cell, rows } = csvOf("perplexity");
  const [first] = cell.groups;
  expect(rows[0]).toBe(
    `twins,C4,pretraining,perplexity,C4#0,1,base,tokens,${first!.stages.base![0]}`,
  );
  expect(rows).toContain(
    `twins,C4,pretraining,perplexity,C4#0,1,rlhf against base,bits,${first!.against.rlhf![4]}`,
  );
  expect(rows).toHaveLength(2 * (3 * 5 + 2 * 5));
});

it("has what each trained model loses of each document that reports", () => {
  const { cell, rows } = csvOf("readaptation");
  const { tokens, before, after } = cell.readaptation!.trainings[0]!.report;
  const place = "twins,C4,pretraining,readaptation";
  expect(rows.slice(3, 6)).toEqual([
    `${place},1,1,"base, lora",tokens,${tokens[1]}`,
    `${place},1,1,"base, lora",nats before,${before[1]}`,
    `${place},1,1,"base, lora",nats after,${after[1]}`,
  ]);
  expect(rows).toHaveLength(3 * 2 * 2 * 3);
});

it("has what each round's model loses of held-out documents, and what its samples of prompts are", () => {
  const { cell, rows } = csvOf("tradeoff");
  const { heldOut, rounds } = cell.tradeoff!;
  const place = "twins,C4,pretraining,tradeoff";
  expect(rows.slice(0, 2)).toEqual([
    `${place},C4#0,1,round 0,tokens,${heldOut[0]!.tokens[0]}`,
    `${place},C4#0,1,round 0,nats,${rounds[0]!.losses[0]![0]}`,
  ]);
  expect(rows.at(-1)).toBe(`${place},prompt 2,1,round 3,score,${rounds[3]!.own[1]!.score}`);
  expect(rows).toHaveLength(4 * (2 * 2 * 2 + 2 * 4));
});
