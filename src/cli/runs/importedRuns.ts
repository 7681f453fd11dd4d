/** Runs of samples from a file (`--samples`). */
import { formatNumber } from "../../analysis/presentation/format";
import { Failure } from "../exit";
import { type Run } from "../../formats/run";
import { type ImportedPrompt, readSamples } from "../../jobs/files/samples";
import { importedRun } from "../../jobs/runs/importedRun";
import { findGroup, groupsOf, isOf, namedSides, namesIn } from "../../jobs/runs/sampleGroups";
import { type Role, ROLES } from "../../protocol/roles";
import { ALL_SAMPLES, type SampleGroup, type Sides } from "../../protocol/sampleFiles";

/** Whose samples a file holds. */
export interface ImportOptions {
  /** In whose place those stand of which the file says nothing. */
  readonly role: Role;
  /** The stage or model, as the file calls it, whose samples stand in each model's place; null: what the file says. */
  readonly from: Readonly<Record<Role, string | null>>;
}

/**
 * A run for each prompt.
 * @param warn told of samples that are left out
 * @throws RecordError for a file that can't be read, Failure for a stage or model that it does not name
 */
export function importRuns(
  file: string,
  text: string,
  options: ImportOptions,
  warn: (message: string) => void,
): Run[] {
  const prompts = readSamples(text);
  const sides = sidesOf(prompts, options);
  const left = leftOut(prompts, sides);
  if (left !== null) warn(`${file}: ${left}`);
  const created = new Date().toISOString();
  const runs = prompts.map((prompt) => importedRun(file, created, sides, prompt));
  // A prompt of which neither has samples is not compared.
  return runs.filter(({ base, rlhf }) => base !== null || rlhf !== null);
}

/** What is given for a side goes before what the file says; where neither says anything, all samples are `role`'s. */
function sidesOf(prompts: readonly ImportedPrompt[], { role, from }: ImportOptions): Sides {
  const named = namedSides(groupsOf(prompts));
  const base = from.base === null ? named.base : groupCalled(prompts, from.base);
  const rlhf = from.rlhf === null ? named.rlhf : groupCalled(prompts, from.rlhf);
  return (base ?? rlhf) === null ? { base, rlhf, [role]: ALL_SAMPLES } : { base, rlhf };
}

/** @throws Failure */
function groupCalled(prompts: readonly ImportedPrompt[], name: string): SampleGroup {
  const group = findGroup(prompts, name);
  if (group !== null) return group;
  const names = namesIn(prompts).map((one) => `"${one}"`);
  const known = names.length === 0 ? "none" : names.join(", ");
  throw new Failure(`The file has no samples of "${name}"; it names ${known}.`);
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
