import type { View } from "../../protocol/settings";
import { viewSchema } from "../../protocol/settings";
import type { NoPair, ResolvedPair } from "../pairs";

/** Views that make sense for a pair, the most telling first: one model alone has no difference. */
export function availableViews(pair: ResolvedPair | NoPair): readonly View[] {
  if ("problem" in pair || (pair.base !== null && pair.rlhf !== null)) return viewSchema.options;
  return [pair.base === null ? "rlhf" : "base", "rank"];
}

/** The view that the user chose or, where the pair does not have it, the most informative one. */
export function shownView(wanted: View, pair: ResolvedPair | NoPair): View {
  const available = availableViews(pair);
  return available.includes(wanted) ? wanted : available[0]!;
}
