/** What both models make of anchors, and whether anchors come in the order of their surprisal. Not in the paper. */
import { kendallTau } from "../../../analysis/statistics/kendall";
import { formatNumber } from "../../../analysis/presentation/format";
import type { PromptSamples, StudyAnchor } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { runTarget } from "../../../protocol/documentTarget";
import { type Role, ROLE_TITLES, ROLES } from "../../../protocol/roles";
import type { Point, StudyFigure } from "../../../protocol/studyFigure";
import { intervalCells } from "../intervalCells";
import { overPrompts } from "./overPrompts";
import { comparedWriter, rowsOf } from "./sampleRows";
import { nameOf, placeOf, samplesLine } from "./shownWriters";

/** Two figures; none where no anchor is scored. */
export function anchorBitsFigures(cell: ResultCell, number: number): StudyFigure[] {
  const writers = ROLES.flatMap((role) => {
    const writer = comparedWriter(cell, role);
    return writer ? [{ role, name: nameOf(writer), rows: rowsOf(cell, writer.key) }] : [];
  });
  const isScored = writers.some(({ rows }) => rows.some(({ anchors }) => anchors.some(hasBits)));
  if (!isScored) return [];
  return [bitsFigure(cell, writers, number), orderFigure(cell, writers, number)];
}

interface Drawer {
  readonly role: Role;
  readonly name: string;
  readonly rows: readonly PromptSamples[];
}

function hasBits({ bits }: StudyAnchor): boolean {
  return bits.base !== null && bits.rlhf !== null;
}

function bitsFigure(cell: ResultCell, writers: readonly Drawer[], number: number): StudyFigure {
  const series = writers.map(({ role, name, rows }) => ({
    name: `Anchors of ${name}`,
    role,
    points: rows.flatMap(({ anchors, prompt }) =>
      anchors.filter(hasBits).map((anchor): Point => {
        const run = cell.prompts[prompt]?.run ?? null;
        return {
          x: anchor.bits.base!,
          y: anchor.bits.rlhf!,
          label: anchor.text,
          ...(run !== null && { target: runTarget(run) }),
        };
      }),
    ),
  }));
  const points = series.flatMap((of) => of.points);
  const below = points.filter(({ x, y }) => y < x).length;
  return {
    id: `anchor-bits-${number}`,
    title: `What anchors cost both models: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: `${formatNumber(below, 0)} of ${formatNumber(points.length, 0)} anchors surprise RLHF less than base: those below the diagonal.`,
    caption:
      "Bits of each anchor under both models, each after its own form of the prompt, mean over the samples that have it. A point opens its prompt's run. Not in the paper.",
    plot: {
      kind: "points",
      x: { label: "Bits under base", scale: "linear", format: "number" },
      y: { label: "Bits under RLHF", scale: "linear", format: "number" },
      series,
      diagonal: true,
    },
    table: {
      columns: ["Anchor", "Of", "Prompt", "Samples that have it, %", "Bits, base", "Bits, RLHF"],
      rows: writers.flatMap(({ name, rows }) =>
        rows.flatMap(({ anchors, prompt }) =>
          anchors
            .filter(hasBits)
            .map(({ text, share, bits }) => [
              text,
              name,
              cell.prompts[prompt]?.text ?? "",
              Number((100 * share).toFixed(1)),
              Number(bits.base!.toFixed(3)),
              Number(bits.rlhf!.toFixed(3)),
            ]),
        ),
      ),
      targets: series.flatMap((of) => of.points.map(({ target }) => target ?? null)),
    },
  };
}

function orderFigure(cell: ResultCell, writers: readonly Drawer[], number: number): StudyFigure {
  const series = ROLES.map((under) => ({
    name: `Bits under ${ROLE_TITLES[under]}`,
    role: under,
    values: writers.map(({ rows }) => overPrompts(rows, (row) => orderOf(row, under))),
  }));
  const counted = writers.map(
    ({ rows }) => rows.filter((row) => orderOf(row, "rlhf") !== null).length,
  );
  const own = writers.flatMap(({ role, name }, i) => {
    const tau = series[ROLES.indexOf(role)]!.values[i];
    return tau ? [`${name} ${formatNumber(tau.value, 2)}`] : [];
  });
  return {
    id: `anchor-order-${number}`,
    title: `Do anchors come in the order of their surprisal? ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence:
      own.length === 0
        ? "No prompt has two anchors of different bits."
        : `Kendall's τ of a prompt's anchors, place against bits under the model that wrote them (1: the cheapest come first, 0: no order): ${own.join(", ")}.`,
    caption:
      "Rank correlation of the anchors' order in the samples with their bits, within each prompt that has at least two anchors, mean over prompts; whiskers: 95 % intervals over prompts. Not in the paper.",
    plot: {
      kind: "bars",
      groups: writers.map(({ name }) => ({ label: `Anchors of ${name}`, category: "" })),
      series,
      y: { label: "Kendall's τ", scale: "linear", format: "number" },
    },
    table: {
      columns: ["Anchors of", "Bits under", "Prompts", "Kendall's τ", "from", "to"],
      rows: writers.flatMap(({ name }, i) =>
        series.map(({ role, values }) => [
          name,
          ROLE_TITLES[role],
          counted[i]!,
          ...intervalCells(values[i], (tau) => Number(tau.toFixed(3))),
        ]),
      ),
    },
  };
}

/** null: there are no two anchors whose bits differ. */
function orderOf({ anchors }: PromptSamples, under: Role): number | null {
  const bits = anchors.flatMap((anchor) => anchor.bits[under] ?? []);
  return kendallTau([...bits.keys()], bits);
}
