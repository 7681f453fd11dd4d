import { ROLES, type Role } from "../../protocol/roles";
import { bareSide, type Run, type RunSample, type RunSide, type Source } from "../../formats/run";

/**
 * What two processes have drawn and scored of one run. A sample that both have is `own`'s, with the scores of either;
 * samples of another model, or after another form of the prompt, are not taken in.
 */
export function mergedRun(own: Run, other: Run): Run {
  const comparable = ROLES.filter((role) => haveOneScorer(own.scorers[role], other.scorers[role]));
  const roles = ROLES.map(
    (role) => [role, mergedSide(own[role], other[role], comparable)] as const,
  );
  return {
    ...own,
    settings: {
      ...own.settings,
      samples: Math.max(own.settings.samples, other.settings.samples),
      resumed: own.settings.resumed || other.settings.resumed,
    },
    scorers: {
      base: own.scorers.base ?? other.scorers.base,
      rlhf: own.scorers.rlhf ?? other.scorers.rlhf,
    },
    ...(Object.fromEntries(roles) as Record<Role, RunSide | null>),
  };
}

/** @param comparable roles whose scores may be taken over */
function mergedSide(
  own: RunSide | null,
  other: RunSide | null,
  comparable: readonly Role[],
): RunSide | null {
  if (own === null || other === null) return own ?? other;
  if (originOf(own.source) !== originOf(other.source)) return own;
  const theirs = new Map(other.samples.map((sample) => [sample.index, sample]));
  const mine = own.samples.map((sample) =>
    withScoresOf(sample, theirs.get(sample.index), comparable),
  );
  for (const { index } of mine) theirs.delete(index);
  if (theirs.size === 0) return { ...own, samples: mine };
  const samples = [...mine, ...theirs.values()].sort((a, b) => a.index - b.index);
  return bareSide({ ...own, samples });
}

/** @returns `own` itself where there is nothing to add */
function withScoresOf(
  own: RunSample,
  other: RunSample | undefined,
  comparable: readonly Role[],
): RunSample {
  if (other?.text !== own.text) return own;
  const missing = comparable.filter((role) => own.scored[role] === null && other.scored[role]);
  if (missing.length === 0) return own;
  const taken = Object.fromEntries(missing.map((role) => [role, other.scored[role]]));
  return { ...own, scored: { ...own.scored, ...taken } };
}

/** Scores of one model after one form of the prompt; where nobody has scored, anybody's are welcome. */
function haveOneScorer(own: Run["scorers"][Role], other: Run["scorers"][Role]): boolean {
  if (own === null || other === null) return true;
  const identity = ({ model, prompt }: NonNullable<Run["scorers"][Role]>) =>
    JSON.stringify([model.name, model.quantisation, prompt]);
  return identity(own) === identity(other);
}

function originOf(source: Source): string {
  if (source.kind === "file") return JSON.stringify(source);
  const { model, prompt, sampler } = source;
  return JSON.stringify([model.name, model.quantisation, prompt, sampler]);
}
