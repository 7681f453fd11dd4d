import type { RoleRun, Run } from "../protocol/generations";
import { type Role, ROLES } from "../protocol/roles";

/**
 * What two processes have drawn of one run. A sample that both have is `own`'s; samples of another model, or after
 * another form of the prompt, are not taken in.
 */
export function mergedRun(own: Run, other: Run): Run {
  const roles = ROLES.map((role) => [role, mergedRole(own[role], other[role])] as const);
  return {
    ...own,
    settings: {
      ...own.settings,
      samples: Math.max(own.settings.samples, other.settings.samples),
      resumed: own.settings.resumed || other.settings.resumed,
    },
    ...(Object.fromEntries(roles) as Record<Role, RoleRun | null>),
  };
}

function mergedRole(own: RoleRun | null, other: RoleRun | null): RoleRun | null {
  if (own === null || other === null) return own ?? other;
  if (originOf(own) !== originOf(other)) return own;
  const have = new Set(own.samples.map(({ index }) => index));
  const missing = other.samples.filter(({ index }) => !have.has(index));
  if (missing.length === 0) return own;
  const samples = [...own.samples, ...missing].sort((a, b) => a.index - b.index);
  return { ...own, samples, alignment: null, mafft: null, anchors: null, ngrams: null };
}

function originOf({ model, prompt, sampler }: RoleRun): string {
  return JSON.stringify([model?.name, model?.quantisation, prompt, sampler]);
}
