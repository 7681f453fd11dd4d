/** What the command line says about a document, and what the editor must therefore show. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { bucketOf } from "../../src/analysis/scores/buckets";
import {
  scoreDocumentSchema,
  type RoleScores,
  type ScoredText,
} from "../../src/formats/scoreDocument";
import type { View } from "../../src/protocol/settings";

/** Scores a file by `twinlens score --format json`. */
export async function scoreByCommandLine(
  file: string,
  pair: { readonly base: string; readonly rlhf: string },
): Promise<ScoredText> {
  const models = ["--base", pair.base, "--rlhf", pair.rlhf];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["dist/twinlens.mjs", "score", file, ...models, "--format", "json"],
    { maxBuffer: 2 ** 28 },
  );
  return scoreDocumentSchema.parse(JSON.parse(stdout)).files[0]!;
}

/**
 * Digits beyond this depend on the batch, which every engine measures for itself: a value so near a bucket's border may
 * fall on either side of it. Bits, or ranks.
 */
const TOLERANCE: Readonly<Record<View, number>> = {
  base: 0.02,
  rlhf: 0.02,
  difference: 0.04,
  rank: 1,
  baseRank: 1,
};

/** The colours that each UTF-16 unit of a text may have in a view; null: left as it is. Mostly there is one. */
export function possibleColours(scored: ScoredText, view: View): ReadonlySet<string | null>[] {
  const colours = Array.from({ length: scored.text.length }, () => new Set<string | null>([null]));
  for (const { start, endExclusive, value } of cells(scored, view)) {
    const possible = [value - TOLERANCE[view], value, value + TOLERANCE[view]].map((near) =>
      colourOf(view, bucketOf(view, near) ?? 0),
    );
    for (let unit = start; unit < endExclusive; unit++) colours[unit] = new Set(possible);
  }
  return colours;
}

/** Id of a bucket's colour without `twinlens.`, as package.json contributes them. */
function colourOf(view: View, bucket: number): string | null {
  if (bucket === 0) return null;
  switch (view) {
    case "base":
      return `baseSurprisal${bucket}`;
    case "rlhf":
      return `rlhfSurprisal${bucket}`;
    case "difference":
      return bucket > 0 ? `baseFavoured${bucket}` : `rlhfFavoured${-bucket}`;
    case "rank":
      return `rlhfRank${bucket}`;
    case "baseRank":
      return `baseRank${bucket}`;
  }
}

interface Cell {
  readonly start: number;
  readonly endExclusive: number;
  readonly value: number;
}

/** One value per token; tokens that share a character are one cell. Both models have one tokenizer here. */
function cells({ base, rlhf }: ScoredText, view: View): Cell[] {
  if (base === null || rlhf === null) throw new Error("Both models are scored in these tests.");
  const sum = (a: number, b: number) => a + b;
  switch (view) {
    case "base":
      return values(base.tokenList, base.tokenList.bits, sum);
    case "rlhf":
      return values(rlhf.tokenList, rlhf.tokenList.bits, sum);
    case "rank":
      return values(rlhf.tokenList, rlhf.tokenList.rank!, Math.max);
    case "baseRank":
      return values(base.tokenList, base.tokenList.rank!, Math.max);
    case "difference": {
      const ofBase = values(base.tokenList, base.tokenList.bits, sum);
      const ofRlhf = values(rlhf.tokenList, rlhf.tokenList.bits, sum);
      return ofRlhf.map((cell, i) => ({ ...cell, value: cell.value - ofBase[i]!.value }));
    }
  }
}

function values(
  { start, endExclusive }: RoleScores["tokenList"],
  list: readonly (number | null)[],
  join: (a: number, b: number) => number,
): Cell[] {
  const joined: Cell[] = [];
  list.forEach((value, token) => {
    const cell = { start: start[token]!, endExclusive: endExclusive[token]!, value: value! };
    if (value === null || cell.start === cell.endExclusive) return;
    const before = joined.at(-1);
    if (before?.start === cell.start)
      joined[joined.length - 1] = { ...before, value: join(before.value, value) };
    else joined.push(cell);
  });
  return joined;
}
