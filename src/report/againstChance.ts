import type { AnchorView, ChanceView } from "../protocol/anchorViews";

/** Where the overlap curve lies at a place, seen from the band of its chance level. */
export type AgainstChance = "above" | "inside" | "below";

/**
 * Whether the samples agree at an anchor more than they do by chance (docs/definitions.md, "Anchor spans"): the overlap
 * curve at the anchor's middle, against the band of the chance level there. It says nothing of the anchor's words.
 *
 * @param overlap of the samples that the anchor and the chance level are of, `[position]`
 * @returns null: not measured, as there is no curve, or no chance level yet
 */
export function againstChance(
  { middle }: Pick<AnchorView, "middle">,
  overlap: readonly number[] | null | undefined,
  chance: ChanceView | null | undefined,
): AgainstChance | null {
  if (middle === null || !overlap || !chance?.overlap.low || !chance.overlap.high) return null;
  const position = Math.min(overlap.length - 1, Math.floor(middle * overlap.length));
  const here = overlap[position]!;
  if (here > chance.overlap.high[position]!) return "above";
  return here < chance.overlap.low[position]! ? "below" : "inside";
}
