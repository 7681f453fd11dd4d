import { SHARING_LENGTHS } from "../../../analysis/samples/ngrams";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { asPercent, cellLabels, type Quantity, type QuantitySource } from "../quantity";
import { matchedNucleus } from "./diversity";
import { meanOfCurve, overPrompts } from "./overPrompts";
import { diversityOf, rowsOf } from "./sampleRows";
import { sharedBy } from "./sharing";

/** A prompt's value as a share; null: it has none. */
type OfPrompt = (row: PromptSamples) => number | null;

/** By name. */
const SHARES: Readonly<Record<string, OfPrompt>> = {
  overlap: ({ overlap }) => meanOfCurve(overlap),
  "aligned-share": ({ alignedShare }) => meanOfCurve(alignedShare),
  "anchor-share": ({ anchorShare }) => meanOfCurve(anchorShare),
  diversity: diversityOf,
  ...Object.fromEntries(SHARING_LENGTHS.map((n, i) => [`shared-${n}-gram`, sharedBy(i)])),
};

/** What samples have in common, mean over prompts, by who drew them. */
export const SAMPLE_QUANTITIES: QuantitySource = {
  measure: "samples",
  units: {
    ...Object.fromEntries(Object.keys(SHARES).map((name) => [name, "%"])),
    anchors: "",
    "matched-nucleus": "",
  },
  labels: { writer: null },
  isPooled: false,
  of: (cells) => cells.flatMap((cell) => [...ofWriters(cell), matched(cell)]),
};

function ofWriters(cell: ResultCell): Quantity[] {
  return cell.writers.flatMap(({ key, stage }) => {
    const labels = { ...cellLabels(cell, stage), writer: key };
    const rows = rowsOf(cell, key);
    if (rows.length === 0) return [];
    return [
      ...Object.entries(SHARES).map(([name, of]) => ({
        name,
        labels,
        interval: () => asPercent(overPrompts(rows, of)),
      })),
      {
        name: "anchors",
        labels,
        interval: () => overPrompts(rows, ({ anchors }) => anchors.length),
      },
    ];
  });
}

/** The base model's nucleus at which it is as diverse as RLHF. */
function matched(cell: ResultCell): Quantity {
  const labels = { ...cellLabels(cell, "base"), writer: "" };
  return { name: "matched-nucleus", labels, interval: () => matchedNucleus(cell) };
}
