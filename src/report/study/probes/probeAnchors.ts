/** Whether states foresee an anchor better than other text, at equal surprisal; not in the paper, whose claim of blueprints it tests. */
import { formatNumber, formatPercent, formatSigned } from "../../../analysis/presentation/format";
import { type AroundAnchors, aroundAnchors } from "../../../analysis/probes/aroundAnchors";
import {
  ANCHOR_PLACES,
  type AnchorPlace,
  type AnchorProbe,
  type Probes,
} from "../../../formats/study/probes";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Axis, Interval, PointSeries, StudyFigure } from "../../../protocol/studyFigure";
import { LEAST_FILES } from "../../overall";
import { distinct, familyOf, stageTitle } from "../cells";
import { intervalCells, percent } from "../intervalCells";
import { scaled } from "../quantity";
import { placeOf } from "../samples/shownWriters";
import { counted } from "../words";
import { aheadWords, beyondChance, METHOD_NAMES, probedLines } from "./probeWords";
import { remembered } from "./remembered";

/** The places around the anchors of one model's texts, at one distance. */
export interface AnchorsAhead {
  readonly stage: string;
  readonly ahead: number;
  readonly places: Readonly<Record<AnchorPlace, AnchorProbe>>;
}

/** Of each model, ascending by distance. */
export const anchorsAhead = remembered(({ anchors }: Probes): AnchorsAhead[] => {
  return distinct(anchors.map(({ stage }) => stage)).flatMap((stage) => {
    const of = anchors.filter((row) => row.stage === stage);
    const aheads = [...new Set(of.map(({ ahead }) => ahead))].sort((a, b) => a - b);
    return aheads.flatMap((ahead) => {
      const at = (place: AnchorPlace) =>
        of.find((row) => row.ahead === ahead && row.place === place);
      const [before, inside, outside] = [at("before"), at("inside"), at("outside")];
      return before && inside && outside
        ? [{ stage, ahead, places: { before, inside, outside } }]
        : [];
    });
  });
});

/** null: no tokens of the three places are equally surprising. */
export const foundAround = remembered(({ places }: AnchorsAhead) => aroundAnchors(places));

interface Compared extends AnchorsAhead {
  readonly found: AroundAnchors;
}

/** Two figures for each model that has anchors. */
export function anchorFigures(cell: ResultCell, probes: Probes, number: number): StudyFigure[] {
  const all = anchorsAhead(probes).flatMap((one): Compared[] => {
    const found = foundAround(one);
    return found ? [{ ...one, found }] : [];
  });
  return distinct(all.map(({ stage }) => stage)).flatMap((stage) => {
    const of = all.filter((one) => one.stage === stage);
    return [ratesFigure(cell, probes, of, number), excessFigure(cell, probes, of, number)];
  });
}

const PLACE_NAMES: Readonly<Record<AnchorPlace, string>> = {
  before: "Before an anchor",
  inside: "Inside an anchor",
  outside: "Outside anchors",
};

const AHEAD: Axis = { label: "n, tokens after the next one", scale: "linear", format: "number" };

function ratesFigure(
  cell: ResultCell,
  probes: Probes,
  of: readonly Compared[],
  number: number,
): StudyFigure {
  const { stage } = of[0]!;
  const line = (place: AnchorPlace, which: "probe" | "control"): PointSeries => ({
    name: which === "probe" ? PLACE_NAMES[place] : `${PLACE_NAMES[place]}, best control`,
    role: which === "probe" ? familyOf(stage) : "quoted",
    points: of.map(({ ahead, found }) => ({ x: ahead, y: found[place][which] })),
  });
  return {
    id: `probe-anchors-${stage}-${number}`,
    title: `Tokens found around ${stageTitle(stage)}'s anchors: ${placeOf(cell)}`,
    subject: subjectOf(cell, probes, of),
    sentence: ratesSentence(of),
    caption: `How often the ridge probe, and its best control (grey), find the token of the model's own text n tokens after the next one. ${PLACES} ${EQUAL} Not in the paper.`,
    plot: {
      kind: "lines",
      x: AHEAD,
      y: { label: "Tokens found, at equal surprisal", scale: "linear", format: "percent" },
      series: [
        ...ANCHOR_PLACES.map((place) => line(place, "probe")),
        ...ANCHOR_PLACES.map((place) => line(place, "control")),
      ],
      diagonal: false,
    },
    table: {
      columns: ["n", "Place", "Positions", "Found, %", "Best control", "Its, %", "Compared, %"],
      rows: of.flatMap(({ ahead, places, found }) =>
        ANCHOR_PLACES.map((place) => [
          ahead,
          PLACE_NAMES[place],
          found[place].positions,
          percent(found[place].probe),
          METHOD_NAMES[places[place].control],
          percent(found[place].control),
          place === "before" ? percent(found.covered) : null,
        ]),
      ),
    },
  };
}

function excessFigure(
  cell: ResultCell,
  probes: Probes,
  of: readonly Compared[],
  number: number,
): StudyFigure {
  const { stage } = of[0]!;
  // The comparison is that of tokens before anchors with those outside.
  const hasBand = (place: AnchorPlace) => place !== "inside";
  const points = (place: AnchorPlace) =>
    of.map(({ ahead, found }) => {
      const { value, low, high } = scaled(excessOf(found, place), 100)!;
      return { x: ahead, y: value, ...(hasBand(place) && { low, high }) };
    });
  return {
    id: `probe-anchors-beyond-${stage}-${number}`,
    title: `Found beyond the best control around ${stageTitle(stage)}'s anchors: ${placeOf(cell)}`,
    subject: subjectOf(cell, probes, of),
    sentence: excessSentence(of, probes.unit),
    caption: `How much more often the ridge probe is right than its best control, in percentage points. ${PLACES} ${EQUAL} Bands, before and outside: 95 % intervals over ${probes.unit}s. Not in the paper.`,
    plot: {
      kind: "lines",
      x: AHEAD,
      y: { label: "Beyond the best control, points", scale: "linear", format: "number" },
      series: ANCHOR_PLACES.map((place) => ({
        name: PLACE_NAMES[place],
        role: place === "outside" ? "quoted" : familyOf(stage),
        points: points(place),
      })),
      diagonal: false,
    },
    table: {
      columns: [
        "n",
        ...ANCHOR_PLACES.flatMap((place) => [`${PLACE_NAMES[place]}, points`, "from", "to"]),
        "Before less outside, points",
        "from",
        "to",
      ],
      rows: of.map(({ ahead, found }) => [
        ahead,
        ...[...ANCHOR_PLACES.map((place) => excessOf(found, place)), differenceOf(found)].flatMap(
          (interval) => intervalCells(interval, percent),
        ),
      ]),
    },
  };
}

const PLACES =
  "Before: the token is in an anchor that the position stands before; inside: both are in it; outside: the token is in no anchor.";
const EQUAL =
  "Tokens of each place count as much as equally surprising ones do before anchors (bins of surprisal that all places have).";

/** Of the probe over its control, in a place. */
export function excessOf({ units, ...found }: AroundAnchors, place: AnchorPlace): Interval {
  return tellable(found[place].excess, units);
}

/** The excess before anchors less that outside. */
export function differenceOf({ difference, units }: AroundAnchors): Interval {
  return tellable(difference, units);
}

function tellable({ value, low, high }: Interval, units: number): Interval {
  return units < LEAST_FILES ? { value, low: null, high: null } : { value, low, high };
}

function subjectOf(cell: ResultCell, probes: Probes, of: readonly Compared[]): string[] {
  const { stage } = of[0]!;
  const own = probes.texts.filter(({ writer, reader }) => writer === stage && reader === stage);
  const units = of.map(({ found }) => found.units);
  const [least, most] = [Math.min(...units), Math.max(...units)];
  const range =
    least === most ? counted(least, probes.unit) : `${least} to ${counted(most, probes.unit)}`;
  return [
    ...probedLines(cell, probes, own),
    `Positions before anchors: in ${range}; ${coveredWords(of)} of them are as surprising as some inside and outside, and are compared`,
  ];
}

function coveredWords(of: readonly Compared[]): string {
  const shares = of.map(({ found }) => found.covered);
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((one) =>
    formatPercent(one, 0),
  );
  return least === most ? least! : `${least} to ${most}`;
}

/** Distances of which a sentence tells: the ends. */
function ends(of: readonly Compared[]): Compared[] {
  return [...new Set([of[0]!, of.at(-1)!])];
}

function ratesSentence(of: readonly Compared[]): string {
  const words = ends(of).map(({ ahead, found }) => {
    const rates = (place: AnchorPlace) =>
      `${formatNumber(100 * found[place].probe, 1)} % (best control ${formatNumber(100 * found[place].control, 1)} %)`;
    return `${aheadWords([ahead])}: ${rates("before")} before an anchor, ${rates("inside")} inside, ${rates("outside")} outside`;
  });
  return `So many tokens are found at equal surprisal, ${words.join("; ")}.`;
}

function excessSentence(of: readonly Compared[], unit: Probes["unit"]): string {
  const words = ends(of).map(({ ahead, found }) => {
    const points = (place: AnchorPlace) => formatSigned(100 * found[place].excess.value, 1);
    return `${aheadWords([ahead])}: ${points("before")} points before an anchor, ${points("inside")} inside, ${points("outside")} outside`;
  });
  const aheads = of.map(({ ahead }) => ahead);
  const differences = of.map(({ found }) => differenceOf(found));
  const shown = ends(of).map(
    ({ ahead, found }) =>
      `${formatSigned(100 * found.difference.value, 1)} points (${aheadWords([ahead])})`,
  );
  const verdict = `Before less outside that is ${shown.join(" to ")}; ${beyondChance(aheads, differences, unit)}.`;
  return `The probe exceeds its best control, ${words.join("; ")}. ${verdict}`;
}
