import { countCodePoints } from "../../analysis/text/codePoints";
import { alignTexts, type Alignment } from "../../analysis/align/align";
import { decodeGaps, encodeGaps } from "../../analysis/align/gapRuns";
import type { AlignmentView, AnchorsView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { RunSide } from "../../formats/run";
import {
  type AnchorFinder,
  anchorFinder,
  toAlignmentView,
  toAnchorsView,
} from "../../report/anchorViews";

type StoredAlignment = NonNullable<RunSide["alignment"]>;

/** What an analysis takes from a run. */
export type AlignableRun = Pick<RunSide, "samples" | "alignment" | "ngrams">;

/** One model's samples, aligned; anchors are found in it with different options. */
export interface RoleAnalysis {
  readonly view: AlignmentView;
  readonly finder: AnchorFinder;
}

export interface AnalyseOptions {
  readonly shouldStop?: () => boolean;
  /** 0 .. 1 */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Aligns a model's samples, or takes the alignment that the run has.
 * @returns null when stopped
 */
export function analyseRole(
  { samples, alignment: stored, ngrams }: AlignableRun,
  options: AnalyseOptions = {},
): RoleAnalysis | null {
  const texts = samples.map((sample) => sample.text);
  const alignment = (stored && unpack(stored, texts)) ?? alignTexts(texts, options);
  if (alignment === undefined) return null;
  const tokens = samples.map((sample) => sample.tokens);
  return {
    view: toAlignmentView(texts, alignment, tokens, ngrams),
    finder: anchorFinder(texts, alignment),
  };
}

/** The alignment that a run's file has; null where it does not fit the texts, as after an edit of the file. */
function unpack(stored: StoredAlignment, texts: readonly string[]): Alignment | null {
  const { columns, hitBudget } = stored;
  const lengths = texts.map(countCodePoints);
  // A file may claim any number of columns; no alignment has more of them than characters.
  const most = lengths.reduce((sum, length) => sum + length, 0);
  if (columns > most || stored.rows.length !== texts.length) return null;
  try {
    const rows = stored.rows.map((row) => decodeGaps(row, columns));
    const fits = rows.every((row, sample) => row.length === lengths[sample]);
    return fits ? { columns, hitBudget, rows, cells: 0 } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Anchors of an analysed model, without bits: `withBits` adds them from the samples' scores. */
export function anchorsOf({ finder }: RoleAnalysis, options: AnchorOptions): AnchorsView {
  return toAnchorsView(finder, options, () => ({ base: null, rlhf: null }));
}

/** An alignment as a run's file holds it. */
export function packAlignment({ columns, hitBudget, rows }: Alignment): StoredAlignment {
  return { columns, hitBudget, rows: rows.map(encodeGaps) };
}

/** What a run's file holds of an analysis. */
export function storedAnalysis(
  alignment: AlignmentView,
  anchors: AnchorsView,
): Pick<RunSide, "alignment" | "anchors"> {
  return {
    alignment: {
      columns: alignment.columns,
      hitBudget: alignment.hitBudget,
      rows: alignment.rows.map((row) => [...row]),
    },
    anchors: {
      options: anchors.options,
      spans: anchors.anchors.map(({ text, column, occurrences }) => ({
        text,
        column,
        occurrences: occurrences.map(({ sample, start }) => [sample, start]),
      })),
    },
  };
}

/** An alignment as rows of text with gaps, for people and for other programs. */
export function alignedRows(
  texts: readonly string[],
  alignment: Pick<Alignment, "columns" | "rows">,
  gap: string,
): string[] {
  return texts.map((text, sample) => {
    const row = Array<string>(alignment.columns).fill(gap);
    let i = 0;
    for (const character of text) row[alignment.rows[sample]![i++]!] = character;
    return row.join("");
  });
}
