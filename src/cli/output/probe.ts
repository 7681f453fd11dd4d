/** What probes found, as the command line writes it. */
import {
  formatNumber,
  formatPercent,
  formatSigned,
  NO_NUMBER,
  NOT_MEASURED,
} from "../../analysis/presentation/format";
import type { LoadedModel } from "../../engine/engine";
import type { ProbesFound } from "../../jobs/inside/measureProbes";
import type { ProbedTexts } from "../../jobs/inside/probedTexts";
import type { Interval } from "../../protocol/studyFigure";
import {
  aheadsOf,
  beyondOf,
  type Claim,
  claimOf,
  controlShareOf,
  type Probe,
  positionsOf,
  PROBES,
  shareOf,
  type Target,
  TARGETS,
} from "../../report/study/probes/probeClaims";
import type { ProbeOptions } from "../arguments/probeArguments";
import { alignColumns } from "./columns";
import { visibleLines } from "./visibleLines";

/** Everything that was counted, with the model and all that was asked for. */
export function toProbeJson(
  { facts }: LoadedModel,
  unit: ProbedTexts["unit"],
  found: ProbesFound,
  settings: ProbeOptions,
): string {
  return `${JSON.stringify({ model: facts, settings, unit, ...found }, null, 2)}\n`;
}

/** Accuracies with their best controls, then the layers where several were read. */
export function toProbeTable(
  { facts }: LoadedModel,
  unit: ProbedTexts["unit"],
  found: ProbesFound,
): string {
  const { text } = found;
  const { fit, choose, report, layer, layers, writer } = text;
  const source = writer === null ? "given texts" : `texts that ${writer} wrote`;
  const head = [
    `${facts.name}, layer ${layer} of ${layers}, in ${source}`,
    `Fitted on ${positions(fit.positions, fit.units, unit)}, chosen on ${positions(choose.positions, choose.units, unit)}, reported on ${positions(positionsOf(text), report.units.length, unit)}.`,
    "",
  ];
  const layersRead = layersOf(found);
  const lines = [
    ...head,
    ...alignColumns(comparison(found), 1),
    ...(layersRead.length > 1 ? ["", "Ridge by layer", ...alignColumns(byLayer(found))] : []),
    "",
    "n: how many tokens after the next one the predicted token stands. (own): right by the model's own first choice there, not by the text.",
    `Excess: ridge less the control that did best where lambda was chosen, with its 95 % interval over the ${unit}s.`,
  ];
  return visibleLines(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

function positions(count: number, units: number, unit: string): string {
  return `${formatNumber(count, 0)} positions of ${formatNumber(units, 0)} ${unit}${units === 1 ? "" : "s"}`;
}

function comparison(found: ProbesFound): string[][] {
  const { text } = found;
  const head = [
    "n",
    "ridge",
    "ridge (own)",
    "lens",
    "lens (own)",
    "best control",
    "",
    "excess, points",
    "95 % interval",
  ];
  return [
    head,
    ...aheadsOf(found).map((ahead) => {
      const of = (method: Probe, target: Target) =>
        claimOf(found, text, { method, ahead, layer: text.layer }, target);
      const ridge = of("ridge", "text");
      return [
        String(ahead),
        ...PROBES.flatMap((method) => TARGETS.map((target) => shareWords(of(method, target)))),
        percentOf(ridge && controlShareOf(ridge)),
        ridge?.control?.method ?? NO_NUMBER,
        ...excessWords(ridge && beyondOf(ridge)),
      ];
    }),
  ];
}

function shareWords(claim: Claim | null): string {
  return percentOf(claim && shareOf(claim));
}

function percentOf(share: number | null): string {
  return share === null ? NOT_MEASURED : formatPercent(share, 1);
}

/** In points, and its interval. */
function excessWords(excess: Interval | null): string[] {
  if (excess === null) return [NOT_MEASURED, ""];
  const { value, low, high } = excess;
  const isTold = low !== null && high !== null;
  return [points(value), isTold ? `${points(low)} to ${points(high)}` : "too few"];
}

function points(share: number): string {
  return formatSigned(100 * share, 1);
}

function layersOf({ rows }: ProbesFound): number[] {
  const all = rows.flatMap(({ method, layer }) => (method === "ridge" ? (layer ?? []) : []));
  return [...new Set(all)].sort((a, b) => a - b);
}

function byLayer(found: ProbesFound): string[][] {
  const aheads = aheadsOf(found);
  return [
    ["layer", ...aheads.map((ahead) => `n = ${ahead}`)],
    ...layersOf(found).map((layer) => [
      String(layer),
      ...aheads.map((ahead) =>
        shareWords(claimOf(found, found.text, { method: "ridge", ahead, layer }, "text")),
      ),
    ]),
  ];
}
