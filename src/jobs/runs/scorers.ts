import type { Role } from "../../protocol/roles";
import { modelSource, type Run } from "../../formats/run";

/** The model that has scored a run's samples in a role, by drawing them or afterwards; null: none is known. */
export function scorerOf(run: Run, role: Role): Run["scorers"][Role] {
  const drawn = [modelSource(run.rlhf), modelSource(run.base)].find((of) => of?.role === role);
  return drawn ?? run.scorers[role];
}
