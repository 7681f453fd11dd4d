/** What probes found, as the command line writes it. */
import {
  formatNumber,
  formatPercent,
  formatSigned,
  NO_NUMBER,
  NOT_MEASURED,
} from "../../analysis/presentation/format";
import { bestOf, excessSums } from "../../analysis/probes/excess";
import { documentInterval, type MeanInterval } from "../../analysis/statistics/bootstrap";
import type { LoadedModel } from "../../engine/engine";
import { PROBE_CONTROLS, type ProbeMethod, type ProbeRow } from "../../formats/study/probes";
import type { ProbesFound } from "../../jobs/inside/measureProbes";
import type { ProbedTexts } from "../../jobs/inside/probedTexts";
import type { ProbeOptions } from "../arguments/probeArguments";
import { alignColumns } from "./columns";
import { visibleLines } from "./visibleLines";

/** Units that report, for an interval over them (docs/definitions.md, "Figures"). */
const FEWEST_UNITS = 5;

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
    `Fitted on ${positions(fit.positions, fit.units, unit)}, chosen on ${positions(choose.positions, choose.units, unit)}, reported on ${positions(total(report.positions), report.units.length, unit)}.`,
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
  const { text, rows } = found;
  const aheads = [...new Set(rows.map(({ ahead }) => ahead))];
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
    ...aheads.map((ahead) => {
      const of = (method: ProbeMethod) =>
        rows.find(
          (row) =>
            row.method === method &&
            row.ahead === ahead &&
            (method !== "ridge" || row.layer === text.layer),
        ) ?? null;
      const [ridge, lens] = [of("ridge"), of("lens")];
      const control = bestOf(
        PROBE_CONTROLS.flatMap((method) => of(method) ?? []),
        ({ choose }) => choose.text,
      );
      return [
        String(ahead),
        ...[ridge, lens].flatMap((row) => [share(row, "text", found), share(row, "own", found)]),
        share(control, "text", found),
        control?.method ?? NO_NUMBER,
        ...excess(ridge, control, found),
      ];
    }),
  ];
}

function share(row: ProbeRow | null, of: "text" | "own", { text }: ProbesFound): string {
  if (row === null) return NOT_MEASURED;
  return formatPercent(total(row.report[of]) / total(text.report.positions), 1);
}

/** In points. */
function excess(ridge: ProbeRow | null, control: ProbeRow | null, { text }: ProbesFound): string[] {
  if (ridge === null || control === null) return [NOT_MEASURED, ""];
  const { positions: counts } = text.report;
  const sums = excessSums(ridge.report.text, control.report.text, counts);
  const interval = counts.length < FEWEST_UNITS ? null : documentInterval(sums);
  const value = total(sums.map(({ sum }) => sum)) / total(counts);
  return [points(value), interval === null ? "too few" : intervalText(interval)];
}

function intervalText({ low, high }: MeanInterval): string {
  return `${points(low)} to ${points(high)}`;
}

function points(share: number): string {
  return formatSigned(100 * share, 1);
}

function layersOf({ rows }: ProbesFound): number[] {
  const all = rows.flatMap(({ method, layer }) => (method === "ridge" ? (layer ?? []) : []));
  return [...new Set(all)].sort((a, b) => a - b);
}

function byLayer(found: ProbesFound): string[][] {
  const ridge = found.rows.filter(({ method }) => method === "ridge");
  const aheads = [...new Set(ridge.map(({ ahead }) => ahead))];
  return [
    ["layer", ...aheads.map((ahead) => `n = ${ahead}`)],
    ...layersOf(found).map((layer) => [
      String(layer),
      ...aheads.map((ahead) => {
        const row = ridge.find((each) => each.layer === layer && each.ahead === ahead);
        return share(row ?? null, "text", found);
      }),
    ]),
  ];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
