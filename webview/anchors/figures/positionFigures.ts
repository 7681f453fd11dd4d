/** Curves along the aligned position, 0 to 100 %, one for each model. */
import type { AgreementCurves } from "../../../src/analysis/samples/agreement";
import { MIN_OTHERS } from "../../../src/analysis/samples/alignedShare";
import { formatNumber } from "../../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../../src/analysis/presentation/quantities";
import type { ChanceView, MeanCurve } from "../../../src/protocol/anchorViews";
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import { ALIGNED_BY } from "../../../src/report/alignedBy";
import { CHANCE_NAMES, CHANCE_READINGS } from "../../../src/report/chanceView";
import { axis, series } from "../../charts/axis";
import { type Figure, NO_PLACE, type PlacedPoint } from "../../charts/figure";
import { numberColumn } from "../../charts/table";
import type { Comparison } from "../comparison";
import { alignerNames } from "../state";

/** How samples agree: in pairs (paper Figures 1 and 13), and each with some others (Figure 1's caption). */
export const AGREEMENT: Readonly<Record<keyof AgreementCurves, Words>> = {
  overlap: {
    name: "overlap",
    title: "Overlap",
    explanation: EXPLANATIONS.overlap,
    caption: "Pairs of samples with the same character at the same place",
    unit: "% of pairs",
  },
  alignedShare: {
    name: "aligned-samples",
    title: "Aligned samples",
    explanation: EXPLANATIONS.alignedSamples,
    caption: `Samples whose character at least ${MIN_OTHERS} others have at the same place`,
    unit: "% of samples",
  },
};

export function overlapFigure(comparison: Comparison): Figure {
  return agreementFigure("overlap", comparison);
}

export function alignedFigure(comparison: Comparison): Figure {
  return agreementFigure("alignedShare", comparison);
}

/** A curve of agreement by each aligner, and beside it what it would be by chance. */
function agreementFigure(curve: keyof AgreementCurves, { roles, note }: Comparison): Figure {
  const words = AGREEMENT[curve];
  const byMafft = roles.some(({ found }) => found.mafft) ? ` and ${ALIGNED_BY.mafft}` : "";
  const [chance] = roles.flatMap((state) => state.chance ?? []);
  return positionFigure(
    {
      ...words,
      caption: `${words.caption}, aligned ${ALIGNED_BY.twinlens}${byMafft}.${chanceNote(chance)}${note}`,
    },
    roles.flatMap(({ role, found, chance: ofRole }) => [
      { role, values: percent(found.twinlens?.alignment?.[curve]) },
      ...(ofRole ? [chanceCurve(role, ofRole, curve)] : []),
      ...(found.mafft
        ? [{ role, by: alignerNames.mafft, values: percent(found.mafft.alignment?.[curve]) }]
        : []),
    ]),
  );
}

/** Says how the chance level came about, and how it is read; empty: there is none. */
export function chanceNote(chance: ChanceView | null | undefined): string {
  if (!chance) return "";
  const { kind, draws } = chance;
  return ` Dotted: chance, the mean of ${draws} draws of ${CHANCE_NAMES[kind]}; the band holds 95 % of them. ${CHANCE_READINGS[kind]}`;
}

export function chanceCurve(role: Role, chance: ChanceView, curve: keyof AgreementCurves): Curve {
  const { mean } = chance[curve];
  return { role, chance: chance.kind, values: percent(mean), ...bandIn(chance[curve]) };
}

/** A mean's band, per cent, where it has one. */
export function bandIn({ low, high }: MeanCurve): Pick<Curve, "band"> {
  return low && high ? { band: { low: percent(low), high: percent(high) } } : {};
}

/** Where anchors stand (paper Figure 14). */
export function anchorShareFigure({ roles, noteOfAll }: Comparison): Figure {
  return positionFigure(
    {
      name: "anchors-by-position",
      title: "Anchors by position",
      explanation: EXPLANATIONS.anchorsByPosition,
      caption: `Samples that are inside an anchor there, however many anchors there are.${noteOfAll}`,
      unit: "% of samples",
    },
    roles.map(({ role, anchors }) => ({ role, values: percent(anchors?.position) })),
  );
}

/** How certain a model is at anchors and between them. */
export function entropyFigure({ roles, noteOfAll }: Comparison): Figure {
  return positionFigure(
    {
      name: "entropy-by-position",
      title: "Entropy by position",
      explanation: EXPLANATIONS.entropy,
      caption: `Mean entropy of the tokens that begin at a place of the alignment, as they were drawn.${noteOfAll}`,
      unit: "bits",
    },
    roles.map(({ role, alignment }) => ({ role, values: alignment?.entropyBits ?? [] })),
  );
}

export interface Curve {
  readonly role: Role;
  /** The program that aligned, where there is more than one. */
  readonly by?: string | undefined;
  /** Of a chance level: what it is drawn from. */
  readonly chance?: ChanceView["kind"] | undefined;
  /** By position; null: nothing there. */
  readonly values: readonly (number | null)[];
  /** The curve's interval. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** What stands at a figure, and at its vertical axis. */
type Words = Pick<Figure, "name" | "title" | "explanation" | "caption"> & {
  readonly unit: string;
};

export function positionFigure(words: Words, curves: readonly Curve[]): Figure {
  const count = Math.max(0, ...curves.map(({ values }) => values.length));
  const value = ({ values }: Curve, position: number) => values[position] ?? NaN;
  const at = (place: number) => (100 * (place + 0.5)) / count;
  return {
    ...words,
    shape: "normal",
    configure: (theme) => ({
      type: "line",
      data: {
        datasets: [
          ...curves.map((curve) => ({
            ...series(curve.role, theme),
            ...lineOf(curve),
            label: shortName(curve),
            data: curve.values.flatMap((y, place) =>
              y === null ? [] : [{ x: at(place), y, place }],
            ),
            pointRadius: 0,
            pointHoverRadius: 5,
          })),
          ...curves.flatMap((curve) =>
            curve.band ? bandOf(curve.band, shortName(curve), theme[curve.role], at) : [],
          ),
        ],
      },
      options: {
        interaction: { mode: "nearest", axis: "x", intersect: false },
        plugins: {
          legend: { labels: { filter: ({ text }) => text !== "" } },
          tooltip: { filter: ({ raw }) => (raw as PlacedPoint).place !== NO_PLACE },
        },
        scales: {
          x: { ...axis("% of the aligned text", theme), type: "linear", min: 0, max: 100 },
          y: { ...axis(words.unit, theme), min: 0 },
        },
      },
    }),
    table: {
      columns: [
        numberColumn("Position, %", 1),
        ...curves.flatMap((curve) => [
          numberColumn(`${nameOf(curve)}, ${words.unit}`, 2),
          ...(curve.band
            ? ["low", "high"].map((end) => numberColumn(`${nameOf(curve)}, ${end}`, 2))
            : []),
        ]),
      ],
      rows: () =>
        Array.from({ length: count }, (_, position) => [
          at(position),
          ...curves.flatMap((curve) => [
            value(curve, position),
            ...(curve.band ? [curve.band.low, curve.band.high] : []).map(
              (bound) => bound[position] ?? NaN,
            ),
          ]),
        ]),
    },
    places: {
      count,
      describe: (position) => {
        const values = curves.map(
          (curve) => `${nameOf(curve)} ${formatNumber(value(curve, position), 2)}`,
        );
        return `At ${formatNumber(at(position), 1)} %: ${values.join(", ")} ${words.unit}`;
      },
      choose: null,
    },
  };
}

/** A curve's stroke; chance is a line in the legend too, where a model has its mark. */
function lineOf({ role, by, chance }: Curve) {
  if (chance !== undefined)
    return { borderWidth: 1.5, borderDash: [2, 2], pointStyle: "line" as const };
  if (by !== undefined) return { borderWidth: 2, borderDash: [8, 3, 2, 3] };
  return { borderWidth: 2, borderDash: role === "rlhf" ? [6, 2] : [] };
}

/** Two invisible lines, and the colour between them, which the legend names. */
function bandOf(
  { low, high }: NonNullable<Curve["band"]>,
  name: string,
  color: string,
  at: (position: number) => number,
) {
  return [low, high].map((bound, i) => ({
    label: i === 1 ? `${name}, 95 %` : "",
    data: bound.map((y, position) => ({ x: at(position), y, place: NO_PLACE })),
    borderWidth: 0,
    borderColor: "transparent",
    pointStyle: "rect" as const,
    pointRadius: 0,
    pointHoverRadius: 0,
    backgroundColor: `${color}33`,
    fill: i === 1 && "-1",
  }));
}

/** As the legend has it; what chance is drawn from says the caption. */
function shortName({ role, by, chance }: Curve): string {
  return chance === undefined ? nameOf({ role, by }) : `${ROLE_TITLES[role]} by chance`;
}

/** As tables have it, and what is read out. */
function nameOf({ role, by, chance }: Pick<Curve, "role" | "by" | "chance">): string {
  if (chance !== undefined) return `${ROLE_TITLES[role]}, chance: ${CHANCE_NAMES[chance]}`;
  return by === undefined ? ROLE_TITLES[role] : `${ROLE_TITLES[role]} by ${by}`;
}

export function percent(shares: readonly number[] | null | undefined): readonly number[] {
  return shares?.map((share) => 100 * share) ?? [];
}
