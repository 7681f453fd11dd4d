import type { Role } from "../../protocol/roles";
import {
  ALL_SAMPLES,
  type GroupCount,
  type SampleGroup,
  type Sides,
} from "../../protocol/sampleFiles";
import { RecordError } from "../files/records";
import type { ImportedPrompt, ImportedSample } from "../files/samples";

/**
 * The groups of a file's samples: its stages, each with its models from the largest on, and the whole file. Where no
 * record names a stage, the whole file and its models.
 */
export function groupsOf(prompts: readonly ImportedPrompt[]): GroupCount[] {
  const all = new Counter();
  const stages = new Map<string, Counter>();
  /** By the stage, then by the model. */
  const models = new Map<string | null, Map<string, Counter>>();
  prompts.forEach(({ samples }, prompt) => {
    for (const { stage, model } of samples) {
      all.add(prompt);
      if (stage !== null) entry(stages, stage, () => new Counter()).add(prompt);
      if (model === null) continue;
      const ofStage = entry(models, stage, () => new Map<string, Counter>());
      entry(ofStage, model, () => new Counter()).add(prompt);
    }
  });
  const modelsOf = (stage: string | null) => {
    const found = [...(models.get(stage) ?? [])];
    const counts = found.map(([model, { amounts }]) => ({ stage, model, ...amounts }));
    return counts.length > 1 ? counts.sort((one, other) => other.samples - one.samples) : [];
  };
  const whole = { ...ALL_SAMPLES, ...all.amounts };
  const named = [...stages].flatMap(([stage, { amounts }]) => [
    { stage, model: null, ...amounts },
    ...modelsOf(stage),
  ]);
  return named.length > 0 ? [...named, whole] : [whole, ...modelsOf(null)];
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key) ?? create();
  map.set(key, known);
  return known;
}

/** The groups whose stage or model is called as a role is. */
export function namedSides(groups: readonly GroupCount[]): Sides {
  return { base: sideNamed(groups, "base"), rlhf: sideNamed(groups, "rlhf") };
}

function sideNamed(groups: readonly GroupCount[], role: Role): SampleGroup | null {
  return groups.find(({ stage, model }) => model === null && stage?.toLowerCase() === role) ?? null;
}

/** Whose samples a file holds. */
export interface SideChoice {
  /** In whose place those stand of which the file says nothing. */
  readonly role: Role;
  /** The stage or model, as the file calls it, whose samples stand in each model's place; null: what the file says. */
  readonly from: Readonly<Record<Role, string | null>>;
}

/**
 * What is given for a side goes before what the file says; where neither says anything, all samples are `role`'s.
 * @throws RecordError where the file does not name what is given
 */
export function chooseSides(prompts: readonly ImportedPrompt[], { role, from }: SideChoice): Sides {
  const named = namedSides(groupsOf(prompts));
  const base = from.base === null ? named.base : groupCalled(prompts, from.base);
  const rlhf = from.rlhf === null ? named.rlhf : groupCalled(prompts, from.rlhf);
  return (base ?? rlhf) === null ? { base, rlhf, [role]: ALL_SAMPLES } : { base, rlhf };
}

/** @throws RecordError */
function groupCalled(prompts: readonly ImportedPrompt[], name: string): SampleGroup {
  const group = findGroup(prompts, name);
  if (group !== null) return group;
  const names = namesIn(prompts).map((one) => `"${one}"`);
  const known = names.length === 0 ? "none" : names.join(", ");
  throw new RecordError(`The file has no samples of "${name}"; it names ${known}.`);
}

/** Whether the samples of a group are this one's too. */
export function isOf(sample: Omit<ImportedSample, "text">, { stage, model }: SampleGroup): boolean {
  return (stage === null || sample.stage === stage) && (model === null || sample.model === model);
}

/** As it is shown: `sft · llama-7b`; null: all samples of a file. */
export function groupName({ stage, model }: SampleGroup): string | null {
  return [stage, model].filter((part) => part !== null).join(" · ") || null;
}

/** Samples of a stage, of a model in all stages, or of a model in one (`sft · llama-7b`); null: there are none. */
export function findGroup(prompts: readonly ImportedPrompt[], name: string): SampleGroup | null {
  const has = (group: SampleGroup) =>
    prompts.some(({ samples }) => samples.some((sample) => isOf(sample, group)));
  const [ofStage, ofModel] = [
    { stage: name, model: null },
    { stage: null, model: name },
  ];
  if (has(ofStage)) return ofStage;
  if (has(ofModel)) return ofModel;
  return groupsOf(prompts).find((group) => groupName(group) === name) ?? null;
}

/** Every stage and model that a file names, once. */
export function namesIn(prompts: readonly ImportedPrompt[]): string[] {
  const names = new Set<string | null>();
  for (const { samples } of prompts) {
    for (const { stage } of samples) names.add(stage);
  }
  for (const { samples } of prompts) {
    for (const { model } of samples) names.add(model);
  }
  return [...names].filter((name) => name !== null);
}

/** Counts samples, and the prompts that have any, which come in order. */
class Counter {
  private samples = 0;
  private prompts = 0;
  private last = -1;

  add(prompt: number): void {
    this.samples += 1;
    if (this.last !== prompt) this.prompts += 1;
    this.last = prompt;
  }

  get amounts() {
    return { samples: this.samples, prompts: this.prompts };
  }
}
