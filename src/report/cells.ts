import { cutSegments, differences, type Segments } from "../analysis/text/segments";
import type { Role } from "../protocol/roles";
import type { TextRange, TokenColumns } from "../protocol/scores";
import type { View } from "../protocol/settings";

/** A stretch of text with its value in a view: bits, a difference in bits, or a rank. */
export interface ViewCell extends TextRange {
  readonly value: number;
}

/**
 * What a view paints of a text, in text order and disjoint; text that is not scored is in no cell. A difference needs
 * both models.
 */
export function cellsOf(
  { base, rlhf }: Readonly<Record<Role, TokenColumns | null>>,
  view: View,
): ViewCell[] {
  switch (view) {
    case "base":
      return surprisalCells(base);
    case "rlhf":
      return surprisalCells(rlhf);
    case "difference":
      return base && rlhf ? segmentCells(base, rlhf, differences) : [];
    case "rank":
      return rankCells(rlhf);
    case "baseRank":
      return rankCells(base);
  }
}

/** Tokens that share characters make up one cell: their bits add up. A text's segments against itself are just that. */
function surprisalCells(columns: TokenColumns | null): ViewCell[] {
  return columns ? segmentCells(columns, columns, ({ base }) => base) : [];
}

function segmentCells(
  base: TokenColumns,
  rlhf: TokenColumns,
  valuesOf: (segments: Segments) => Float64Array,
): ViewCell[] {
  const segments = cutSegments(base, rlhf);
  return Array.from(valuesOf(segments), (value, i) => ({
    start: segments.start[i]!,
    endExclusive: segments.endExclusive[i]!,
    value,
  }));
}

/** Scored tokens with text; those that share characters make up one cell with the worst of their ranks. None without ranks. */
function rankCells(columns: TokenColumns | null): ViewCell[] {
  const cells: ViewCell[] = [];
  if (!columns?.distribution) return cells;
  for (let token = 0; token < columns.count; token++) {
    const start = columns.start[token]!;
    const endExclusive = columns.endExclusive[token]!;
    const rank = columns.distribution.rank[token]!;
    if (rank === 0 || start === endExclusive) continue;
    const last = cells.at(-1);
    if (last && start < last.endExclusive) {
      const value = Math.max(last.value, rank);
      cells[cells.length - 1] = { start: last.start, endExclusive, value };
    } else {
      cells.push({ start, endExclusive, value: rank });
    }
  }
  return cells;
}
