/** Runs of samples from a file (`--samples`). */
import { formatNumber } from "../../analysis/presentation/format";
import { type Run } from "../../formats/run";
import { type ImportedPrompt, readSamples } from "../../jobs/files/samples";
import { importedRun } from "../../jobs/runs/importedRun";
import { chooseSides, isOf, namesIn, type SideChoice } from "../../jobs/runs/sampleGroups";
import { ROLES } from "../../protocol/roles";
import type { Sides } from "../../protocol/sampleFiles";

/**
 * A run for each prompt.
 * @param warn told of samples that are left out
 * @throws RecordError for a file that can't be read, or does not name a stage or model that was asked for
 */
export function importRuns(
  file: string,
  text: string,
  options: SideChoice,
  warn: (message: string) => void,
): Run[] {
  const prompts = readSamples(text);
  const sides = chooseSides(prompts, options);
  const left = leftOut(prompts, sides);
  if (left !== null) warn(`${file}: ${left}`);
  const created = new Date().toISOString();
  const runs = prompts.map((prompt) => importedRun(file, created, sides, prompt));
  // A prompt of which neither has samples is not compared.
  return runs.filter(({ base, rlhf }) => base !== null || rlhf !== null);
}

/** What is said of samples that stand in no model's place; null: there are none. */
function leftOut(prompts: readonly ImportedPrompt[], sides: Sides): string | null {
  const taken = ROLES.flatMap((role) => sides[role] ?? []);
  const others = prompts.map(({ prompt, samples }) => ({
    prompt,
    samples: samples.filter((sample) => !taken.some((group) => isOf(sample, group))),
  }));
  const left = others.reduce((sum, { samples }) => sum + samples.length, 0);
  if (left === 0) return null;
  const names = namesIn(others).map((name) => `"${name}"`);
  const of = names.length > 0 ? ` (of ${names.join(", ")})` : "";
  return `Left out${of}: ${formatNumber(left, 0)} of the samples. --base-from and --rlhf-from choose others.`;
}
