import { tokensIn } from "../../analysis/text/tokens";
import { type Cells, packNumbers } from "../../protocol/cells";
import type { Role } from "../../protocol/roles";
import type { TextRange, TokenColumns } from "../../protocol/scores";
import type { View } from "../../protocol/settings";
import { cellsOf, type ViewCell } from "../../report/cells";
import { commonTokens } from "./commonTokens";
import type { HighlightedDocument } from "./highlighted";
import { sliceColumns } from "../../jobs/scoring/columns";
import type { Layer } from "./layers";

/** A cell of one layer. */
interface LayerCell extends ViewCell {
  readonly stale: boolean;
}

/** Values to paint: the newest ones and, where they are still missing, those known before. */
export function paintedCells(
  highlighted: HighlightedDocument,
  view: View,
  range: TextRange,
): Cells {
  const { layers, document } = highlighted;
  const cells = layers
    .map((layer) => layerCells(layer, highlighted.isOld(layer), view, range))
    .reduce(fillGaps, []);
  return {
    version: document.version,
    starts: packNumbers(Uint32Array.from(cells, ({ start }) => start)),
    ends: packNumbers(Uint32Array.from(cells, ({ endExclusive }) => endExclusive)),
    values: packNumbers(Float32Array.from(cells, ({ value }) => value)),
    stale: union(cells.filter(({ stale }) => stale)),
  };
}

function layerCells(layer: Layer, isOld: boolean, view: View, range: TextRange): LayerCell[] {
  const columns = {
    base: layer.base?.scores.columns ?? null,
    rlhf: layer.rlhf?.scores.columns ?? null,
  };
  return cellsOf(view === "difference" ? inCommon(columns, range) : within(columns, range), view)
    .filter(({ start, endExclusive }) => start < range.endExclusive && endExclusive > range.start)
    .map((cell) => ({ ...cell, stale: isOld || cell.endExclusive > layer.staleFrom }));
}

type Columns = Readonly<Record<Role, TokenColumns | null>>;

function within({ base, rlhf }: Columns, range: TextRange): Columns {
  return {
    base: base && sliceColumns(base, tokensIn(base, range)),
    rlhf: rlhf && sliceColumns(rlhf, tokensIn(rlhf, range)),
  };
}

/** Both models' tokens around a range, from one end that they share to another. */
function inCommon({ base, rlhf }: Columns, range: TextRange): Columns {
  if (!base || !rlhf) return { base, rlhf };
  const tokens = commonTokens(base, rlhf, range);
  return { base: sliceColumns(base, tokens.base), rlhf: sliceColumns(rlhf, tokens.rlhf) };
}

/** The newer cells, and those of the older ones that none of them touches; both and the result in text order. */
function fillGaps(newer: readonly LayerCell[], older: readonly LayerCell[]): LayerCell[] {
  if (newer.length === 0) return [...older];
  const merged: LayerCell[] = [];
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
function union(cells: readonly LayerCell[]): TextRange[] {
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
