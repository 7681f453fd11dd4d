/** Assembles what the anchors panel shows of aligned samples, for the server and the page that the command line writes. */
import type { Alignment } from "../analysis/align/align";
import { agreementCurves } from "../analysis/samples/agreement";
import { codePoints } from "../analysis/text/codePoints";
import { encodeGaps } from "../analysis/align/gapRuns";
import { columnEntropy, type TokenEntropies } from "../analysis/samples/anchorBits";
import { anchorShare } from "../analysis/samples/anchorShare";
import {
  type AnchorOptions,
  type AnchorSpan,
  findAnchors,
  indexTails,
  type TailIndex,
} from "../analysis/samples/anchors";
import { nearMisses } from "../analysis/samples/nearMisses";
import { keptColumns } from "../analysis/samples/overlap";
import { binCurve, positionCurve } from "../analysis/samples/positionCurve";
import { sankeyFlow } from "../analysis/samples/sankey";
import type { AlignmentView, AnchorsView, AnchorView, FlowView } from "../protocol/anchorViews";
import type { NgramView } from "../protocol/ngramView";
import { wordNgrams } from "./ngramViews";

/** Tokens of a sample under the model that drew it. */
export interface SampleTokens {
  /** Code points of the text before each token. */
  readonly starts: ArrayLike<number>;
  /** Nats. */
  readonly entropies: ArrayLike<number>;
}

/**
 * @param texts the aligned samples
 * @param tokens of every sample; null where it is not scored
 * @param ngrams null: counted in words
 */
export function toAlignmentView(
  texts: readonly string[],
  alignment: Alignment,
  tokens: readonly (SampleTokens | null)[],
  ngrams: NgramView | null = null,
): AlignmentView {
  const kept = keptColumns(alignment);
  return {
    columns: alignment.columns,
    rows: alignment.rows.map(encodeGaps),
    common: encodeGaps(commonColumns(texts, alignment)),
    hitBudget: alignment.hitBudget,
    ...agreementCurves(texts, alignment, kept),
    entropyBits: entropyByPosition(texts, alignment, tokens, kept),
    ngrams: ngrams ?? wordNgrams(texts),
  };
}

/** An alignment prepared for finding anchors with different options. */
export interface AnchorFinder {
  readonly index: TailIndex;
  readonly alignment: Alignment;
}

export function anchorFinder(texts: readonly string[], alignment: Alignment): AnchorFinder {
  return { index: indexTails(texts, alignment), alignment };
}

/** @param bits mean bits of an anchor under both models */
export function toAnchorsView(
  { index, alignment }: AnchorFinder,
  options: AnchorOptions,
  bits: (anchor: AnchorSpan) => AnchorView["bits"],
): AnchorsView {
  const anchors = findAnchors(index, options);
  const kept = keptColumns(alignment);
  const samples = index.points.length;
  return {
    options,
    anchors: anchors.map((anchor) => ({
      text: anchor.text,
      column: anchor.column,
      place: placeAmong(kept, anchor.column),
      middle: placeAmong(kept, middleColumn(anchor, alignment)),
      occurrences: anchor.occurrences,
      share: anchor.share,
      bits: bits(anchor),
    })),
    flows: toFlows(anchors, samples),
    position: positionCurve(
      anchorShare(alignment, findAnchors(index, { ...options, limit: Infinity }), kept),
    ),
    nearMisses: anchors.length === 0 ? nearMisses(index, options) : null,
  };
}

/** The column in which the first of its samples has an anchor's middle character. */
function middleColumn({ occurrences, length, column }: AnchorSpan, { rows }: Alignment): number {
  const [first] = occurrences;
  return (first && rows[first.sample]?.[first.start + (length >> 1)]) ?? column;
}

/** Where a column stands on the axis of the curves, 0 .. 1; null: there is no such axis. */
function placeAmong(kept: Int32Array, column: number): number | null {
  if (kept.length === 0) return null;
  const before = kept.findIndex((other) => other >= column);
  return (before < 0 ? kept.length : before) / kept.length;
}

function toFlows(anchors: readonly AnchorSpan[], samples: number): readonly FlowView[] {
  const { nodes, links } = sankeyFlow(anchors, samples);
  const anchorAt = (node: number) => {
    const anchor = nodes[node]?.anchor ?? -1;
    return anchor >= 0 ? anchor : null;
  };
  return links.map(({ source, target, samples: taking }) => ({
    from: anchorAt(source),
    to: anchorAt(target),
    samples: taking.length,
  }));
}

/** Columns in which more than half of the samples have the same character. */
function commonColumns(texts: readonly string[], alignment: Alignment): number[] {
  const counts = new Map<number, number>();
  const common = new Set<number>();
  texts.forEach((text, sample) => {
    codePoints(text).forEach((point, i) => {
      const column = alignment.rows[sample]?.[i] ?? 0;
      const key = column * 0x110000 + point;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (2 * count > texts.length) common.add(column);
    });
  });
  return [...common].sort((a, b) => a - b);
}

/** By position, not smoothed: a token's place is a point, not a stretch. Null when no sample is scored. */
function entropyByPosition(
  texts: readonly string[],
  alignment: Alignment,
  tokens: readonly (SampleTokens | null)[],
  kept: Int32Array,
): readonly (number | null)[] | null {
  if (tokens.every((ofSample) => ofSample === null)) return null;
  const entropies = texts.map((text, sample) => toEntropies(text, tokens[sample] ?? null));
  const binned = binCurve(columnEntropy(texts, alignment, entropies, kept));
  return binned && Array.from(binned, (value) => (Number.isNaN(value) ? null : value));
}

function toEntropies(text: string, tokens: SampleTokens | null): TokenEntropies | null {
  if (tokens === null) return null;
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1)! + character.length);
  const start = Array.from(tokens.starts, (point) => offsets[point] ?? text.length);
  return {
    count: start.length,
    start,
    endExclusive: [...start.slice(1), text.length],
    entropy: tokens.entropies,
  };
}
