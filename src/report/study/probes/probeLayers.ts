/** From which layer on states know the tokens ahead; not in the paper, which reads one layer. */
import { bestOf } from "../../../analysis/probes/excess";
import type { ProbedText, Probes } from "../../../formats/study/probes";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Point, PointSeries, StudyFigure } from "../../../protocol/studyFigure";
import { familyOf, stageTitle } from "../cells";
import { percent } from "../intervalCells";
import { placeOf } from "../samples/shownWriters";
import { aheadsOf, type Claim, claimOf, drawnAheads, rowsOf, shareOf } from "./probeClaims";
import { aheadWords, joined, probedLines, sharesWords } from "./probeWords";

/** The ridge of one text and distance over layers, the embeddings as layer 0. */
export interface LayerCurve {
  readonly text: ProbedText;
  readonly ahead: number;
  /** Ascending by layer, at least one. */
  readonly claims: readonly Claim[];
  /** The best on the part that chooses. */
  readonly chosen: Claim;
}

/** Of own and of given texts, whose states were read at more than one layer. */
export function layerCurves(probes: Probes): LayerCurve[] {
  const texts = probes.texts.filter(({ writer, reader }) => writer === null || writer === reader);
  return texts.flatMap((text) =>
    aheadsOf(probes).flatMap((ahead) => curveOf(probes, text, ahead) ?? []),
  );
}

function curveOf(probes: Probes, text: ProbedText, ahead: number): LayerCurve | null {
  const rows = rowsOf(probes, text).filter(
    (row) => row.ahead === ahead && (row.method === "ridge" || row.method === "embedding"),
  );
  if (rows.filter(({ method }) => method === "ridge").length < 2) return null;
  const claims = rows
    .flatMap(({ method, layer }) =>
      layer === null ? [] : (claimOf(probes, text, { method, ahead, layer }, "text") ?? []),
    )
    .sort((a, b) => layerOf(a) - layerOf(b));
  const states = claims.filter(({ row }) => row.method === "ridge");
  const chosen = bestOf(states, ({ row }) => row.choose.text);
  return chosen && { text, ahead, claims, chosen };
}

export function layerOf({ row }: Claim): number {
  return row.layer ?? 0;
}

/** null: one layer alone was read. */
export function layersFigure(cell: ResultCell, probes: Probes, number: number): StudyFigure | null {
  const curves = layerCurves(probes);
  if (curves.length === 0) return null;
  const drawn = curves.filter(({ ahead }) => drawnAheads(probes).includes(ahead));
  const lines = drawn.map(lineOf);
  return {
    id: `probe-layers-${number}`,
    title: `Tokens ahead predicted from hidden states, by layer: ${placeOf(cell)}`,
    subject: probedLines(cell, probes, [...new Set(curves.map(({ text }) => text))]),
    sentence: sentenceOf(drawn),
    caption: `How often the ridge probe of each layer finds the token of the model's own text n tokens after the next one, as a share of the positions of ${probes.unit}s that nothing was fitted or chosen on; layer 0: the embeddings alone. Diamonds: the layer that the part would choose which lambda is chosen on; upright: the paper's layer. Not in the paper.`,
    plot: {
      kind: "lines",
      x: { label: "Layer", scale: "linear", format: "number" },
      y: { label: "Tokens found", scale: "linear", format: "percent" },
      series: [...lines, ...paperLines(drawn, lines), chosenPoints(drawn)],
      diagonal: false,
    },
    table: tableOf(curves),
  };
}

function lineOf({ text, ahead, claims }: LayerCurve): PointSeries {
  return {
    name: `${stageTitle(text.reader)}, n = ${ahead}`,
    role: familyOf(text.reader),
    points: claims.map(pointOf),
  };
}

function pointOf(claim: Claim): Point {
  return { x: layerOf(claim), y: shareOf(claim) };
}

/** An upright line at the paper's layer, of each number of layers. */
function paperLines(curves: readonly LayerCurve[], lines: readonly PointSeries[]): PointSeries[] {
  const ys = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  return [...new Set(curves.map(({ text }) => text.layer))].map((layer) => ({
    name: `the paper's layer, ${layer}`,
    role: "quoted",
    points: [low, high].map((y) => ({ x: layer, y })),
    drawnAs: "line",
  }));
}

function chosenPoints(curves: readonly LayerCurve[]): PointSeries {
  const points = curves.map(({ text, ahead, chosen }) => ({
    ...pointOf(chosen),
    label: `${stageTitle(text.reader)}, n = ${ahead}`,
  }));
  return { name: "would be chosen", role: "quoted", points, drawnAs: "marks" };
}

function sentenceOf(curves: readonly LayerCurve[]): string {
  const texts = [...new Set(curves.map(({ text }) => text))];
  return texts
    .map((text) => {
      const of = curves.filter((curve) => curve.text === text);
      const atPaper = of.map(({ claims }) => claims.find((claim) => layerOf(claim) === text.layer));
      const layers = joined(of.map(({ chosen }) => String(layerOf(chosen))));
      const best = sharesWords(of.map(({ chosen }) => shareOf(chosen)));
      const paper = sharesWords(atPaper.map((claim) => (claim ? shareOf(claim) : NaN)));
      return `${stageTitle(text.reader)}, ${aheadWords(of.map(({ ahead }) => ahead))}: of ${text.layers} layers the part that chooses would take ${layers}, where ${best} of tokens are found; at the paper's, ${text.layer}, ${paper}.`;
    })
    .join(" ");
}

function tableOf(curves: readonly LayerCurve[]): StudyFigure["table"] {
  const layers = [...new Set(curves.flatMap(({ claims }) => claims.map(layerOf)))];
  return {
    columns: ["Layer", ...curves.map((curve) => `${lineOf(curve).name}, %`)],
    rows: layers
      .sort((a, b) => a - b)
      .map((layer) => [
        layer,
        ...curves.map(({ claims }) => {
          const claim = claims.find((one) => layerOf(one) === layer);
          return claim ? percent(shareOf(claim)) : null;
        }),
      ]),
  };
}
