import type { RoleRun, Run, RunSample } from "../../formats/run";
import type { Role } from "../../protocol/scores";
import { ROLES } from "./roles";

/**
 * What two processes have drawn and scored of one run. A sample that both have is `own`'s, with the scores of either;
 * samples of another model, or after another form of the prompt, are not taken in.
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
  const theirs = new Map(other.samples.map((sample) => [sample.index, sample]));
  const mine = own.samples.map((sample) => withScoresOf(sample, theirs.get(sample.index)));
  for (const { index } of mine) theirs.delete(index);
  if (theirs.size === 0) return { ...own, samples: mine };
  const samples = [...mine, ...theirs.values()].sort((a, b) => a.index - b.index);
  return { ...own, samples, alignment: null, mafft: null, anchors: null, ngrams: null };
}

/** @returns `own` itself where there is nothing to add */
function withScoresOf(own: RunSample, other: RunSample | undefined): RunSample {
  if (other?.text !== own.text) return own;
  const isMissing = (role: Role) => own.scored[role] === null && other.scored[role] !== null;
  if (!ROLES.some(isMissing)) return own;
  const { base, rlhf } = own.scored;
  return { ...own, scored: { base: base ?? other.scored.base, rlhf: rlhf ?? other.scored.rlhf } };
}

function originOf({ model, prompt, sampler }: RoleRun): string {
  return JSON.stringify([model?.name, model?.quantisation, prompt, sampler]);
}
