import type { Role } from "../../protocol/roles";
import {
  ALL_SAMPLES,
  type GroupCount,
  type SampleGroup,
  type Sides,
} from "../../protocol/sampleFiles";
import type { ImportedPrompt, ImportedSample } from "../files/samples";

/**
 * The groups of a file's samples: its stages, each with its models from the largest on, and the whole file. Where no
 * record names a stage, the whole file and its models.
 */
export function groupsOf(prompts: readonly ImportedPrompt[]): GroupCount[] {
  const all = new Counter();
  const stages = new Map<string, Counter>();
  const models = new Map<string, { group: SampleGroup; count: Counter }>();
  prompts.forEach(({ samples }, prompt) => {
    for (const { stage, model } of samples) {
      all.add(prompt);
      if (stage !== null) entry(stages, stage, () => new Counter()).add(prompt);
      if (model === null) continue;
      const group = { stage, model };
      entry(models, JSON.stringify(group), () => ({ group, count: new Counter() })).count.add(
        prompt,
      );
    }
  });
  const modelsOf = (stage: string | null) => {
    const found = [...models.values()].filter(({ group }) => group.stage === stage);
    const counts = found.map(({ group, count }) => ({ ...group, ...count.amounts }));
    return counts.length > 1 ? counts.sort((a, b) => b.samples - a.samples) : [];
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

/** Whether the samples of a group are this one's too. */
export function isOf(sample: Omit<ImportedSample, "text">, { stage, model }: SampleGroup): boolean {
  return (stage === null || sample.stage === stage) && (model === null || sample.model === model);
}

/** As it is shown: `sft · llama-7b`; null: all samples of a file. */
export function groupName({ stage, model }: SampleGroup): string | null {
  return [stage, model].filter((part) => part !== null).join(" · ") || null;
}

/** The group that is called so, by its stage, its model or both. */
export function findGroup(groups: readonly GroupCount[], name: string): SampleGroup | null {
  const isCalled = (group: SampleGroup) =>
    [groupName(group), group.stage, group.model].some((part) => part === name);
  return groups.find(isCalled) ?? null;
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
