import type { AnchorsView } from "../../../src/protocol/anchorViews";
import type { AgainstChance } from "../../../src/report/againstChance";
import { anchorsAgainstChance, type RoleState } from "../state";

/** What a Sankey diagram shows: how one model's samples pass their anchors. */
export interface Flows {
  readonly view: AnchorsView;
  /** How many there are. */
  readonly samples: number;
  /** How overlap lies to chance at each anchor, `[anchor]`; null: not measured. */
  readonly byChance: readonly (AgainstChance | null)[];
}

/** null: no anchors have been looked for yet. */
export function flowsOf(state: RoleState): Flows | null {
  const { anchors: view, samples } = state;
  return view && { view, samples: samples.length, byChance: anchorsAgainstChance(state) };
}
