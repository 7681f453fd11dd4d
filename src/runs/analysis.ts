import { alignTexts, type Alignment } from "../analysis/align/align";
import type { AlignmentView, AnchorsView } from "../protocol/anchorViews";
import { type AnchorOptions, type RoleRun, unpackRow } from "../protocol/generations";
import {
  type AnchorFinder,
  anchorFinder,
  toAlignmentView,
  toAnchorsView,
} from "../report/anchorViews";

type StoredAlignment = NonNullable<RoleRun["alignment"]>;

/** One model's samples, aligned; anchors are found in it with ever other options. */
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
  { samples, alignment: stored }: Pick<RoleRun, "samples" | "alignment">,
  options: AnalyseOptions = {},
): RoleAnalysis | null {
  const texts = samples.map((sample) => sample.text);
  const alignment = (stored && unpack(stored, texts)) ?? alignTexts(texts, options);
  if (alignment === undefined) return null;
  const tokens = samples.map((sample) => sample.tokens);
  return {
    view: toAlignmentView(texts, alignment, tokens),
    finder: anchorFinder(texts, alignment),
  };
}

/** The alignment that a run's file has; null where it does not fit the texts, as after an edit of the file. */
function unpack(stored: StoredAlignment, texts: readonly string[]): Alignment | null {
  const { rows, columns, hitBudget } = stored;
  if (rows.length !== texts.length) return null;
  for (const [sample, row] of rows.entries()) {
    // Looked at before unpacking: a file may claim rows of any length.
    const characters = row.reduce((sum, length, i) => (i % 2 === 1 ? sum + length : sum), 0);
    const width = row.reduce((sum, length) => sum + length, 0);
    if (characters !== [...texts[sample]!].length || width > columns) return null;
  }
  return { columns, hitBudget, rows: rows.map(unpackRow), cells: 0 };
}

/** Anchors of an analysed model; their bits are unknown until the samples are scored. */
export function anchorsOf({ finder }: RoleAnalysis, options: AnchorOptions): AnchorsView {
  return toAnchorsView(finder, options, () => ({ base: null, rlhf: null }));
}

/** What a run's file holds of an analysis. */
export function storedAnalysis(
  alignment: AlignmentView,
  anchors: AnchorsView,
): Pick<RoleRun, "alignment" | "anchors"> {
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
