/** What the panel knows of a run. */
import type {
  AlignmentView,
  AnchorsView,
  RoleRunView,
  RunView,
  SampleView,
} from "../../src/protocol/anchorViews";
import type { Role } from "../../src/protocol/scores";

/** The RLHF model first: the page shows it above. */
export const ROLES: readonly Role[] = ["rlhf", "base"];

/** One model's part of the run; what has not come yet is null. */
export interface RoleState {
  readonly role: Role;
  readonly run: RoleRunView;
  readonly samples: readonly SampleView[];
  readonly alignment: AlignmentView | null;
  readonly anchors: AnchorsView | null;
}

/** The anchor that the user has marked. */
export interface Mark {
  readonly role: Role;
  /** Its number in {@link AnchorsView.anchors}. */
  readonly anchor: number;
}

export function rolesOf(run: RunView): readonly RoleState[] {
  return ROLES.flatMap((role) => {
    const ofRole = run[role];
    return ofRole ? [{ role, run: ofRole, samples: [], alignment: null, anchors: null }] : [];
  });
}

/** `samples` with others from place `first` on. */
export function withSamples(
  samples: readonly SampleView[],
  first: number,
  added: readonly SampleView[],
): readonly SampleView[] {
  return [...samples.slice(0, first), ...added, ...samples.slice(first + added.length)];
}
