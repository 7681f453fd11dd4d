import type { AroundAnchors } from "../../../analysis/probes/aroundAnchors";
import { ANCHOR_PLACES, type Probes } from "../../../formats/study/probes";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Interval } from "../../../protocol/studyFigure";
import {
  asPercent,
  cellLabels,
  type Labels,
  type Quantity,
  type QuantitySource,
} from "../quantity";
import { anchorsAhead, differenceOf, excessOf, foundAround } from "./probeAnchors";
import { accuracyOf, aheadsOf, beyondOf, claimOf, controlOf, PROBES, TARGETS } from "./probeClaims";
import { layerCurves, layerOf } from "./probeLayers";

/** How often probes of the paper's layer are right, and how much more often than their best control, by who reads whose text. */
export const PROBE_QUANTITIES: QuantitySource = {
  measure: "probes",
  units: { "probe-accuracy": "%", "probe-control": "%", "probe-beyond": "points" },
  labels: { writer: null, probe: PROBES, target: TARGETS, ahead: null },
  isPooled: false,
  of: (cells) => probesOf(cells, ofClaims),
};

/** The same of the ridge from each layer, of own and given texts. */
export const PROBE_LAYER_QUANTITIES: QuantitySource = {
  measure: "probes",
  units: { "probe-layer": "", "probe-layer-accuracy": "%" },
  labels: { writer: null, ahead: null, layer: null },
  isPooled: false,
  of: (cells) => probesOf(cells, ofLayers),
};

/** What is found around anchors at equal surprisal. */
export const ANCHOR_PROBE_QUANTITIES: QuantitySource = {
  measure: "probes",
  units: {
    "anchor-probe-accuracy": "%",
    "anchor-probe-control": "%",
    "anchor-probe-beyond": "points",
    "anchor-probe-difference": "points",
  },
  labels: { ahead: null, place: ANCHOR_PLACES },
  isPooled: false,
  of: (cells) => probesOf(cells, ofAnchors),
};

function probesOf(
  cells: readonly ResultCell[],
  of: (cell: ResultCell, probes: Probes) => Quantity[],
): Quantity[] {
  return cells.flatMap((cell) => (cell.probes ? of(cell, cell.probes) : []));
}

const numberOf = (name: string, labels: Labels, interval: () => Interval | null): Quantity => ({
  name,
  labels,
  interval,
});

function ofClaims(cell: ResultCell, probes: Probes): Quantity[] {
  return probes.texts.flatMap((text) =>
    PROBES.flatMap((probe) =>
      aheadsOf(probes).flatMap((ahead) =>
        TARGETS.flatMap((target) => {
          const { reader, writer, layer } = text;
          const claim = claimOf(probes, text, { method: probe, ahead, layer }, target);
          if (claim === null) return [];
          const labels: Labels = {
            ...cellLabels(cell, reader),
            writer: writer ?? "given",
            probe,
            target,
            ahead: String(ahead),
          };
          return [
            numberOf("probe-accuracy", labels, () => asPercent(accuracyOf(claim))),
            numberOf("probe-control", labels, () => asPercent(controlOf(claim))),
            numberOf("probe-beyond", labels, () => asPercent(beyondOf(claim))),
          ];
        }),
      ),
    ),
  );
}

function ofLayers(cell: ResultCell, probes: Probes): Quantity[] {
  return layerCurves(probes).flatMap(({ text, ahead, claims, chosen }) => {
    const labels: Labels = {
      ...cellLabels(cell, text.reader),
      writer: text.writer ?? "given",
      ahead: String(ahead),
    };
    const layer = { value: layerOf(chosen), low: null, high: null };
    return [
      numberOf("probe-layer", labels, () => layer),
      ...claims.map((claim) =>
        numberOf("probe-layer-accuracy", { ...labels, layer: String(layerOf(claim)) }, () =>
          asPercent(accuracyOf(claim)),
        ),
      ),
    ];
  });
}

function ofAnchors(cell: ResultCell, probes: Probes): Quantity[] {
  return anchorsAhead(probes).flatMap((anchors) => {
    const { stage, ahead } = anchors;
    const labels: Labels = { ...cellLabels(cell, stage), ahead: String(ahead) };
    const number = (name: string, of: Labels, from: (found: AroundAnchors) => Interval) =>
      numberOf(name, of, () => {
        const found = foundAround(anchors);
        return found && asPercent(from(found));
      });
    const alone = (value: number) => ({ value, low: null, high: null });
    return [
      ...ANCHOR_PLACES.flatMap((place) => {
        const of = { ...labels, place };
        return [
          number("anchor-probe-accuracy", of, (found) => alone(found[place].probe)),
          number("anchor-probe-control", of, (found) => alone(found[place].control)),
          number("anchor-probe-beyond", of, (found) => excessOf(found, place)),
        ];
      }),
      number("anchor-probe-difference", labels, differenceOf),
    ];
  });
}
