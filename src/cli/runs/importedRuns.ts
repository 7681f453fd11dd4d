/** Runs of samples from a file (`--samples`). */
import { Failure } from "../exit";
import { type Run } from "../../formats/run";
import { type ImportedPrompt, readSamples } from "../../jobs/files/samples";
import { importedRun } from "../../jobs/runs/importedRun";
import { findGroup, groupName, groupsOf, isOf, namedSides } from "../../jobs/runs/sampleGroups";
import { type Role, ROLES } from "../../protocol/roles";
import { ALL_SAMPLES, type GroupCount, type Sides } from "../../protocol/sampleFiles";

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
  const groups = groupsOf(prompts);
  const sides = sidesOf(groups, options);
  const left = leftOut(prompts, sides);
  if (left !== null) warn(`${file}: ${left}`);
  const created = new Date().toISOString();
  return prompts.map((prompt) => importedRun(file, created, sides, prompt));
}

function sidesOf(groups: readonly GroupCount[], { role, from }: ImportOptions): Sides {
  const named = namedSides(groups);
  if (from.base !== null || from.rlhf !== null) {
    return { base: groupCalled(groups, from.base), rlhf: groupCalled(groups, from.rlhf) };
  }
  if (named.base !== null || named.rlhf !== null) return named;
  return { base: null, rlhf: null, [role]: ALL_SAMPLES };
}

/** @throws Failure */
function groupCalled(groups: readonly GroupCount[], name: string | null) {
  if (name === null) return null;
  const group = findGroup(groups, name);
  if (group !== null) return group;
  const names = groups.flatMap((known) => groupName(known) ?? []);
  const known = names.length === 0 ? "none" : names.map((one) => `"${one}"`).join(", ");
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
  const stages = groupsOf(others).filter(({ model }) => model === null);
  const names = stages.flatMap((group) => groupName(group) ?? []).map((name) => `"${name}"`);
  const of = names.length > 0 ? ` (${names.join(", ")})` : "";
  return `${left.toLocaleString("en-US")} samples${of} are left out; --base-from and --rlhf-from choose others.`;
}
