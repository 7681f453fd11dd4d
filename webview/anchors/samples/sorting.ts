import type { SampleView } from "../../../src/protocol/anchorViews";
import type { AnchorPlace } from "./colourRuns";

export const ORDERS = {
  drawn: "As drawn",
  path: "Path through the anchors",
  perplexity: "Perplexity",
  length: "Length",
} as const;
export type Order = keyof typeof ORDERS;

/** Numbers of the samples in the given order; ties as drawn. Samples without a perplexity come last. */
export function sortSamples(
  samples: readonly SampleView[],
  places: readonly (readonly AnchorPlace[])[],
  order: Order,
): readonly number[] {
  const numbers = samples.map((_, sample) => sample);
  switch (order) {
    case "drawn":
      return numbers;
    case "perplexity":
      return byNumber(numbers, (sample) => samples[sample]?.perplexity ?? Infinity);
    case "length":
      return byNumber(numbers, (sample) => samples[sample]?.text.length ?? 0);
    case "path":
      return numbers.sort((a, b) => comparePaths(places[a] ?? [], places[b] ?? []) || a - b);
  }
}

function byNumber(numbers: number[], value: (sample: number) => number): readonly number[] {
  return numbers.sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return left === right ? a - b : left < right ? -1 : 1;
  });
}

/** Like words in a dictionary, with anchors for letters; a path that ends sooner comes last. */
function comparePaths(a: readonly AnchorPlace[], b: readonly AnchorPlace[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i]?.anchor ?? Infinity, b[i]?.anchor ?? Infinity];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
