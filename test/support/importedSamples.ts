import type { Run } from "../../src/formats/run";
import { serializeRun } from "../../src/formats/serializeRun";
import { importedRun } from "../../src/jobs/runs/importedRun";
import type { Role } from "../../src/protocol/roles";
import { ALL_SAMPLES } from "../../src/protocol/sampleFiles";

/** A run of samples from a file "mine", in a model's place. */
export function importedSamples(
  prompt: string,
  samples: readonly string[],
  role: Role = "rlhf",
  name = "mine",
): Run {
  const sides = { base: null, rlhf: null, [role]: ALL_SAMPLES };
  const written = samples.map((text) => ({ text, model: null, stage: null }));
  return importedRun(name, new Date().toISOString(), sides, { prompt, samples: written });
}

/** What the file of such a run holds. */
export function importedText(...of: Parameters<typeof importedSamples>): string {
  return serializeRun(importedSamples(...of));
}
