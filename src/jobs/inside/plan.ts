/** What is read and divided where probes are measured, known before anything is decoded. */
import { FEWEST_UNITS, type Part, partsOfUnits } from "../../analysis/probes/parts";
import { rowsBefore, toTokenRows, type TokenRows } from "../../analysis/probes/tokenRows";
import type { LoadedModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { AROUND_ANCHORS } from "./countAroundAnchors";
import { paperLayer } from "./layers";
import type { ProbedTexts } from "./probedTexts";
import { type Split, splitFor, unitOfRow } from "./split";

/** What is to be probed. */
export interface PlanRequest {
  readonly model: LoadedModel;
  readonly texts: ProbedTexts;
  /** From which all methods read, counted from 1; null: the paper's. */
  readonly layer: number | null;
  /** The ridge reads every layer besides. */
  readonly byLayer: boolean;
  /** Distances, each once. */
  readonly ahead: readonly number[];
  readonly seed: number;
}

interface Plan {
  readonly rows: TokenRows;
  readonly layer: number;
  /** That the ridge reads besides. */
  readonly others: readonly number[];
  readonly split: Split;
  /** null: there are no anchors, or too few tokens around them. */
  readonly aroundSplit: Split | null;
}

/** @throws EngineError `TextTooShort` */
export function planProbes({ model, texts, ahead, seed, ...of }: PlanRequest): Plan {
  const rows = rowsOfTexts(texts);
  const most = Math.max(...ahead);
  const parts = partsOfTexts(texts, rows, most, seed);
  const splitAt = (distance: number) => splitFor(rows, parts, distance, texts.units);
  const split = splitAt(most);
  if (split === null) throw tooShort(texts, most);
  const { layers } = model.shape;
  const layer = of.layer ?? paperLayer(layers);
  const hasAnchors = texts.windows.some(({ anchors }) => anchors !== null);
  return {
    rows,
    layer,
    others: of.byLayer ? upTo(layers).filter((one) => one !== layer) : [],
    split,
    aroundSplit: hasAnchors ? splitAt(AROUND_ANCHORS) : null,
  };
}

function rowsOfTexts({ windows }: ProbedTexts): TokenRows {
  return toTokenRows(
    windows.map(({ tokens, start, ...of }) => ({ ids: tokens.subarray(start), ...of })),
  );
}

function partsOfTexts(texts: ProbedTexts, rows: TokenRows, ahead: number, seed: number): Part[] {
  const usable = new Set(Array.from(rowsBefore(rows, ahead), (row) => unitOfRow(rows, row)));
  if (usable.size < FEWEST_UNITS) throw tooShort(texts, ahead);
  return partsOfUnits(texts.units.length, seed, (unit) => usable.has(unit));
}

function tooShort({ unit }: ProbedTexts, ahead: number): EngineError {
  return new EngineError(
    "TextTooShort",
    `Probes need at least ${FEWEST_UNITS} ${unit}s, to fit, choose and report on, that have the ${ahead + 2} tokens of a prediction so far ahead. Give more or longer texts.`,
  );
}

function upTo(layers: number): number[] {
  return Array.from({ length: layers }, (_, i) => i + 1);
}
