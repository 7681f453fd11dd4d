import type { View } from "../../protocol/settings";
import { viewSchema } from "../../protocol/settings";
import type { NoPair, ResolvedPair } from "../settings/pairs";

/** Views that make sense for a pair, the most telling first: one model alone has no difference. */
export function availableViews(pair: ResolvedPair | NoPair): readonly View[] {
  if ("problem" in pair || (pair.base !== null && pair.rlhf !== null)) return viewSchema.options;
  return pair.base === null ? ["rlhf", "rank"] : ["base", "baseRank"];
}

/** The view that the user chose or, where the pair does not have it, the nearest one: ranks for ranks. */
export function shownView(wanted: View, pair: ResolvedPair | NoPair): View {
  const available = availableViews(pair);
  if (available.includes(wanted)) return wanted;
  const isOfRanks = (view: View) => view === "rank" || view === "baseRank";
  return available.find((view) => isOfRanks(view) === isOfRanks(wanted))!;
}
