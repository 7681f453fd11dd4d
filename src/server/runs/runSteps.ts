import type { Run } from "../../formats/run";
import { unscored } from "../../jobs/runs/bits";
import { ROLES, type Role } from "../../protocol/roles";
import type { RunStep } from "./runClock";

/** Steps of these kinds that a run needs under the models that the pair has, in the order in which they are taken. */
export function stepsOf(
  run: Run,
  roles: readonly Role[],
  kinds: readonly RunStep["kind"][],
): readonly RunStep[] {
  const isDrawn = kinds.includes("sampling") && run.settings.maxTokens !== null;
  const samplesOf = (role: Role) => run[role]?.samples ?? [];
  const missing = (role: Role) =>
    isDrawn && roles.includes(role)
      ? Math.max(0, run.settings.samples - samplesOf(role).length)
      : 0;
  // Where models take turns, the one that was used last scores first.
  const scoring = roles.toReversed().flatMap((under) =>
    ROLES.map((role) => ({
      role,
      samples: unscored(samplesOf(role), under).length + missing(role),
    })),
  );
  const counts: Readonly<Record<RunStep["kind"], readonly Omit<RunStep, "kind">[]>> = {
    sampling: roles.map((role) => ({ role, samples: missing(role) })),
    aligning: ROLES.map((role) => ({ role, samples: samplesOf(role).length + missing(role) })),
    scoring,
  };
  return kinds
    .flatMap((kind) => counts[kind].map((step) => ({ kind, ...step })))
    .filter(({ samples }) => samples > 0);
}
