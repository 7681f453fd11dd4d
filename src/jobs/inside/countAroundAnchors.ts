/** What a model's states know of anchors that are to come (docs/definitions.md, "Probes"). */
import { CONTROLS } from "../../analysis/probes/controls";
import { predictedRow } from "../../analysis/probes/tokenRows";
import {
  ANCHOR_PLACES,
  type AnchorPlace,
  type AnchorProbe,
  SURPRISAL_EDGES,
} from "../../formats/study/probes";
import { fitClasses, type Fitting, fittingFor } from "./fitting";
import { expectedTokens, predictedTokens, type Predictions } from "./hits";
import type { ProbedTexts, ProbedWindow } from "./probedTexts";
import type { ReadStates } from "./readStates";
import { type Split, unitOfRow } from "./split";

/** The largest distance at which positions around anchors are compared. */
export const AROUND_ANCHORS = 10;
const AHEAD = Array.from({ length: AROUND_ANCHORS }, (_, i) => i + 1);

/**
 * Counts what the ridge finds before anchors, inside and outside of them, by the surprisal of what is predicted; beside it
 * the control that does best there in the part that chooses. Two steps of the work.
 * @param of with positions that have so many tokens behind them
 * @throws EngineError as of `fitClasses`
 */
export async function countAroundAnchors(
  of: Fitting,
  { reader, texts }: { readonly reader: string; readonly texts: ProbedTexts },
  layer: number,
): Promise<AnchorProbe[]> {
  const fitting = fittingFor({ ...of, ahead: AHEAD });
  const { read, split, classes, targets } = fitting;
  const probes = await fitClasses(fitting, layer, targets);
  const embeddings = await fitClasses(fitting, 0, targets);
  const anchorAt = anchorsByRow(texts.windows, read.rows.token.length);
  return AHEAD.flatMap((ahead, i) => {
    const probe = predictedTokens(probes[i]!, classes.tokens);
    const controls = controlsOf(fitting, ahead, predictedTokens(embeddings[i]!, classes.tokens));
    return ANCHOR_PLACES.map((place) => {
      const isThere = (row: number) => placeOf(anchorAt, row, ahead) === place;
      const there = split.report.map((row) => Number(isThere(row)));
      const control = bestControl(fitting, ahead, controls, isThere);
      const count = (predictions: Predictions | null) =>
        countByBin(read, split, there, ahead, predictions);
      return {
        stage: reader,
        ahead,
        place,
        control: control.name,
        positions: count(null),
        hits: count(probe),
        controlHits: count(control.predictions),
      };
    });
  });
}

interface Control {
  readonly name: AnchorProbe["control"];
  readonly predictions: Predictions;
}

function controlsOf({ read, split }: Fitting, ahead: number, embedding: Predictions): Control[] {
  const withoutStates = (["skip-bigram", "unigram", "prior"] as const).map((name) => ({
    name,
    predictions: expectedTokens(CONTROLS[name](read.rows, split.fit, ahead), split),
  }));
  return [{ name: "embedding", predictions: embedding }, ...withoutStates];
}

/** That which finds most at a place of the part that chooses; where it has no such position, at all of them. */
function bestControl(
  { read, split }: Fitting,
  ahead: number,
  controls: readonly Control[],
  isThere: (row: number) => boolean,
): Control {
  const { token } = read.rows;
  const hasPlace = split.choose.some(isThere);
  const hits = controls.map(
    ({ predictions }) =>
      split.choose.filter(
        (row, i) =>
          (!hasPlace || isThere(row)) && predictions.choose[i] === token[predictedRow(row, ahead)],
      ).length,
  );
  return controls[hits.indexOf(Math.max(...hits))]!;
}

/** Number of the anchor that each row's token lies in; -1: in none. */
function anchorsByRow(windows: readonly ProbedWindow[], rows: number): Int32Array {
  const all = new Int32Array(rows).fill(-1);
  let first = 0;
  for (const { tokens, start, anchors } of windows) {
    if (anchors !== null) all.set(anchors, first);
    first += tokens.length - start;
  }
  return all;
}

function placeOf(anchorAt: Int32Array, row: number, ahead: number): AnchorPlace {
  const anchor = anchorAt[predictedRow(row, ahead)]!;
  if (anchor < 0) return "outside";
  return anchorAt[row] === anchor ? "inside" : "before";
}

/**
 * Positions of one place, `[unit][bin]`; where predictions are given, those that the text bears out.
 * @param there 1 at the reported positions that count
 */
function countByBin(
  { rows, logProbability }: ReadStates,
  split: Split,
  there: Uint32Array,
  ahead: number,
  predictions: Predictions | null,
): number[][] {
  const counts = split.names.report.map(() => Array<number>(SURPRISAL_EDGES.length + 1).fill(0));
  split.report.forEach((row, i) => {
    const target = predictedRow(row, ahead);
    if (there[i] === 0) return;
    if (predictions !== null && predictions.report[i] !== rows.token[target]) return;
    const bits = -logProbability[target - 1]! / Math.LN2;
    counts[split.reportedUnit[unitOfRow(rows, row)]!]![binOf(bits)]! += 1;
  });
  return counts;
}

function binOf(bits: number): number {
  const bin = SURPRISAL_EDGES.findIndex((edge) => bits < edge);
  return bin < 0 ? SURPRISAL_EDGES.length : bin;
}
