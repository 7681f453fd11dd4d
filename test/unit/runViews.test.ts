import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import type { SamplerSettings } from "../../src/engine/engine";
import { parseRun } from "../../src/formats/parseRun";
import { modelSource } from "../../src/formats/run";
import { RAW_FRAME } from "../../src/jobs/runs/settings";
import { toRunView } from "../../src/jobs/runs/views";

/** How the panel's head says that the RLHF model has drawn with this sampler. */
function wordsOf(sampler: SamplerSettings): string | undefined {
  const run = parseRun(readFileSync("test/fixtures/runs/2-drawn.twinlens.json", "utf8"));
  const rlhf = run.rlhf!;
  const source = { ...modelSource(rlhf)!, sampler };
  return toRunView({ ...run, rlhf: { ...rlhf, source } }, DEFAULT_ANCHORS, RAW_FRAME).rlhf
    ?.settings;
}

it("says how samples were drawn, in the order it matters, and nothing that did not matter", () => {
  expect(wordsOf({ temperature: 1, topK: 0, topP: 0.9, minP: 0 })).toMatch(
    /^p 0\.9, temperature 1, up to /,
  );
  expect(wordsOf({ temperature: 0.5, topK: 40, topP: 1, minP: 0.1 })).toMatch(
    /^p 1, temperature 0\.5, top-k 40, min-p 0\.1, up to /,
  );
  expect(wordsOf({ temperature: 0, topK: 40, topP: 0.9, minP: 0 })).toMatch(/^greedy, up to /);
});
