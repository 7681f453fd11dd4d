/** What the panel knows about a run. */
import type {
  Aligner,
  AlignmentView,
  AnchorsView,
  ChanceView,
  RoleRunView,
  RunView,
  SampleView,
} from "../../src/protocol/anchorViews";
import type { ToAnchors } from "../../src/protocol/panels";
import { type Role, ROLES } from "../../src/protocol/roles";
import { type AgainstChance, againstChance } from "../../src/report/againstChance";

/** One model's part of the run; what has not come yet is null. */
export interface RoleState {
  readonly role: Role;
  readonly run: RoleRunView;
  readonly samples: readonly SampleView[];
  /** By aligner. */
  readonly found: Readonly<Partial<Record<Aligner, Findings>>>;
  /** What overlap is by chance, as Twinlens aligns; it comes after all else. */
  readonly chance: ChanceView | null;
  /** The findings of the aligner on show. */
  readonly alignment: AlignmentView | null;
  readonly anchors: AnchorsView | null;
}

export interface Findings {
  readonly alignment: AlignmentView | null;
  readonly anchors: AnchorsView | null;
}

export const alignerNames: Readonly<Record<Aligner, string>> = {
  twinlens: "Twinlens",
  mafft: "MAFFT",
};

/** How overlap lies to chance at each anchor, `[anchor]`; null: not measured, as it is by another aligner than Twinlens. */
export function anchorsAgainstChance(state: RoleState): readonly (AgainstChance | null)[] {
  const { anchors, alignment, chance } = state;
  const own = alignment === state.found.twinlens?.alignment ? chance : null;
  return (anchors?.anchors ?? []).map((anchor) => againstChance(anchor, alignment?.overlap, own));
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
    if (!ofRole) return [];
    const nothing = { samples: [], found: {}, chance: null, alignment: null, anchors: null };
    return [{ role, run: ofRole, ...nothing }];
  });
}

/** The state with one aligner's findings on show. */
export function shownBy(state: RoleState, aligner: Aligner): RoleState {
  const { alignment = null, anchors = null } = state.found[aligner] ?? {};
  return { ...state, alignment, anchors };
}

/** The state with more findings of an aligner. */
export function withFound(state: RoleState, aligner: Aligner, more: Partial<Findings>): RoleState {
  const found = { alignment: null, anchors: null, ...state.found[aligner], ...more };
  return { ...state, found: { ...state.found, [aligner]: found } };
}

/** What a message brings of one model. */
export type RoleMessage = Extract<ToAnchors, { readonly role: Role }>;

export function withMessage(state: RoleState, message: RoleMessage): RoleState {
  switch (message.type) {
    case "samples":
      return { ...state, samples: withSamples(state.samples, message.first, message.samples) };
    case "alignment":
      return withFound(state, message.aligner, { alignment: message.alignment });
    case "anchors":
      return withFound(state, message.aligner, { anchors: message.anchors });
    case "chance":
      return { ...state, chance: message.chance };
  }
}

/** `samples` with others from place `first` on. */
function withSamples(
  samples: readonly SampleView[],
  first: number,
  added: readonly SampleView[],
): readonly SampleView[] {
  return [...samples.slice(0, first), ...added, ...samples.slice(first + added.length)];
}
