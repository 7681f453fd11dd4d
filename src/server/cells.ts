import { cutSegments, differences } from "../analysis/segments";
import { bitsOf, isScored, tokensIn } from "../analysis/tokens";
import { packNumbers, type Cells } from "../protocol/requests";
import type { TextRange, TokenColumns } from "../protocol/scores";
import type { View } from "../protocol/settings";
import { commonTokens } from "./commonTokens";
import type { HighlightedDocument } from "./highlighted";
import { sliceColumns, type Layer } from "./layers";

/** A value to paint on a stretch of text. */
interface Cell extends TextRange {
  readonly value: number;
  readonly stale: boolean;
}

/** Values to paint: the newest ones and, where they are still missing, those known before. */
export function cellsOf(
  { layers, document }: HighlightedDocument,
  view: View,
  range: TextRange,
): Cells {
  const cells = layers.map((layer) => layerCells(layer, view, range)).reduce(fillGaps, []);
  return {
    version: document.version,
    starts: packNumbers(Uint32Array.from(cells, ({ start }) => start)),
    ends: packNumbers(Uint32Array.from(cells, ({ endExclusive }) => endExclusive)),
    values: packNumbers(Float32Array.from(cells, ({ value }) => value)),
    stale: union(cells.filter(({ stale }) => stale)),
  };
}

function layerCells(layer: Layer, view: View, range: TextRange): Cell[] {
  const columns = (role: "base" | "rlhf") => layer[role]?.scores.columns ?? null;
  const values = (() => {
    switch (view) {
      case "base":
      case "rlhf":
        return tokenValues(columns(view), range, bitsOf, (a, b) => a + b);
      case "rank":
        return tokenValues(columns("rlhf") ?? columns("base"), range, rankOf, Math.max);
      case "difference":
        return segmentValues(columns("base"), columns("rlhf"), range);
    }
  })();
  return values.map((value) => ({ ...value, stale: value.endExclusive > layer.staleFrom }));
}

/** One value per token; tokens that share a character make one cell with their values joined. */
function tokenValues(
  columns: TokenColumns | null,
  range: TextRange,
  valueOf: (columns: TokenColumns, token: number) => number,
  join: (a: number, b: number) => number,
): Omit<Cell, "stale">[] {
  const cells: Omit<Cell, "stale">[] = [];
  if (!columns) return cells;
  const tokens = tokensIn(columns, range);
  for (let token = tokens.start; token < tokens.endExclusive; token++) {
    const start = columns.start[token]!;
    const endExclusive = columns.endExclusive[token]!;
    if (start === endExclusive || !isScored(columns, token)) continue;
    const value = valueOf(columns, token);
    const last = cells.at(-1);
    if (last && start < last.endExclusive) {
      cells[cells.length - 1] = { start: last.start, endExclusive, value: join(last.value, value) };
    } else {
      cells.push({ start, endExclusive, value });
    }
  }
  return cells;
}

function rankOf(columns: TokenColumns, token: number): number {
  return columns.rank[token]!;
}

function segmentValues(
  base: TokenColumns | null,
  rlhf: TokenColumns | null,
  range: TextRange,
): Omit<Cell, "stale">[] {
  if (!base || !rlhf) return [];
  const tokens = commonTokens(base, rlhf, range);
  const segments = cutSegments(sliceColumns(base, tokens.base), sliceColumns(rlhf, tokens.rlhf));
  return Array.from(differences(segments), (value, i) => ({
    start: segments.start[i]!,
    endExclusive: segments.endExclusive[i]!,
    value,
  })).filter(({ start, endExclusive }) => start < range.endExclusive && endExclusive > range.start);
}

/** The newer cells, and those of the older ones that none of them touches; both and the result in text order. */
function fillGaps(newer: readonly Cell[], older: readonly Cell[]): Cell[] {
  if (newer.length === 0) return [...older];
  const merged: Cell[] = [];
  let next = 0;
  for (const cell of older) {
    while (next < newer.length && newer[next]!.endExclusive <= cell.start)
      merged.push(newer[next++]!);
    const isFree = next === newer.length || newer[next]!.start >= cell.endExclusive;
    if (isFree) merged.push(cell);
  }
  return [...merged, ...newer.slice(next)];
}

/** The ranges that cells in text order cover together. */
function union(cells: readonly Cell[]): TextRange[] {
  const ranges: TextRange[] = [];
  for (const { start, endExclusive } of cells) {
    const last = ranges.at(-1);
    if (last && start <= last.endExclusive) {
      ranges[ranges.length - 1] = { start: last.start, endExclusive };
    } else {
      ranges.push({ start, endExclusive });
    }
  }
  return ranges;
}
