/** The trade-off in motion: what a model loses on text and gains as a writer, round by round. */
import { formatNumber, formatPercent, formatSigned } from "../../../analysis/presentation/format";
import type { Tradeoff, TradeoffRound } from "../../../formats/study/tradeoff";
import type { ResultCell, StudyResult } from "../../../formats/study/studyResult";
import type { Interval, PointSeries, StudyFigure, XYPlot } from "../../../protocol/studyFigure";
import { cellsOf, familyOf, stageName } from "../cells";
import { intervalCells } from "../intervalCells";
import { placeOf } from "../samples/shownWriters";
import { counted } from "../words";
import {
  AGENT_MEASURES,
  type AgentMeasure,
  changeIn,
  meanIn,
  perplexityIncrease,
  TOP1,
} from "./rounds";
import { preferredWords } from "./scorerWords";

export function tradeoffFigures(result: StudyResult): StudyFigure[] {
  return cellsOf(result, "tradeoff").map((cell, i) => tradeoffFigure(cell, cell.tradeoff!, i + 1));
}

function tradeoffFigure(cell: ResultCell, tradeoff: Tradeoff, number: number): StudyFigure {
  const { stage, prompts } = tradeoff;
  return {
    id: `tradeoff-${number}`,
    title: `The trade-off in motion: ${placeOf(cell)}`,
    subject: [
      `${cell.models.map(({ name, quantisation }) => `${name}, ${quantisation}`).join("; ")}: ${stageName(stage)} learns from its own samples of ${counted(prompts.train.length, "prompt")}, in turn, and is measured on ${counted(prompts.measured.length, "other prompt")} and ${counted(documentsIn(tradeoff), "document")}`,
    ],
    sentence: sentenceOf(tradeoff),
    caption: `Each round the model is trained on samples of its own (${preferredWords(tradeoff)}), and then measured: perplexity on held-out text over what it was in round 0, less one, and what its samples of prompts that it was never trained on are like. Bands: 95 % intervals over documents or prompts. Not in the paper, whose trade-off it shows as it comes about.`,
    plot: { kind: "panels", panels: [worldPanel(tradeoff), ...agentPanels(tradeoff)] },
    table: tableOf(tradeoff),
  };
}

function documentsIn({ heldOut }: Tradeoff): number {
  return heldOut.reduce((sum, { documents }) => sum + documents.length, 0);
}

const ROUNDS = { label: "Round", scale: "linear", format: "number" } as const;

function worldPanel(tradeoff: Tradeoff): XYPlot<"lines"> {
  return {
    kind: "lines",
    x: ROUNDS,
    y: { label: "Perplexity increase on held-out text", scale: "linear", format: "percent" },
    series: tradeoff.heldOut.map(({ corpus }, i) =>
      lineOf(tradeoff, corpus, "other", (round) => perplexityIncrease(tradeoff, i, round)),
    ),
    diagonal: false,
  };
}

function agentPanels(tradeoff: Tradeoff): XYPlot<"lines">[] {
  return AGENT_MEASURES.map((measure) => ({
    kind: "lines",
    x: ROUNDS,
    y: { label: measure.label, scale: "linear", format: measure.format },
    series: [
      lineOf(tradeoff, "own samples", familyOf(tradeoff.stage), (round) => meanIn(round, measure)),
    ],
    diagonal: false,
  }));
}

function lineOf(
  { rounds }: Tradeoff,
  name: string,
  role: PointSeries["role"],
  of: (round: TradeoffRound) => Interval | null,
): PointSeries {
  const points = rounds.flatMap((round) => {
    const interval = of(round);
    if (interval === null) return [];
    const { value, low, high } = interval;
    return [{ x: round.round, y: value, low, high }];
  });
  return { name, role, points };
}

function sentenceOf(tradeoff: Tradeoff): string {
  const last = tradeoff.rounds.at(-1)!;
  if (last.round === 0) return "No round has been measured but the model as it was.";
  const worlds = tradeoff.heldOut.map(({ corpus }, i) => ({
    corpus,
    increase: perplexityIncrease(tradeoff, i, last),
  }));
  const lost = worlds.flatMap(({ corpus, increase }) =>
    increase ? [`${signedPercent(increase.value)} on ${corpus}`] : [],
  );
  const gained = AGENT_MEASURES.flatMap((measure) => movedWords(tradeoff, last, measure) ?? []);
  const top1 = changeIn(tradeoff, last, TOP1);
  return `After ${counted(last.round, "round")}: perplexity ${lost.join(", ")}; ${gained.join(", ")}. ${verdict(
    worlds.map(({ increase }) => increase),
    top1,
  )}`;
}

function movedWords(
  { rounds }: Tradeoff,
  last: TradeoffRound,
  measure: AgentMeasure,
): string | null {
  const [before, after] = [meanIn(rounds[0]!, measure), meanIn(last, measure)];
  if (before === null || after === null) return null;
  const write = ({ value }: Interval) =>
    measure.format === "percent" ? formatPercent(value, 1) : formatNumber(value, 2);
  return `${measure.label.toLowerCase()} ${write(before)} to ${write(after)}`;
}

/** @param worlds increases of perplexity, by corpus */
function verdict(worlds: readonly (Interval | null)[], top1: Interval | null): string {
  const isAbove = (interval: Interval | null) => (interval?.low ?? -Infinity) > 0;
  const losing = worlds.some(isAbove);
  if (losing && isAbove(top1)) {
    return "It predicts text worse and is surer of its own: the trade-off, beyond chance.";
  }
  if (losing) return "It predicts text worse, and is no surer of its own beyond chance.";
  if (isAbove(top1))
    return "It is surer of its own text, and predicts others' no worse beyond chance.";
  return "Neither side has moved as the trade-off has it, beyond chance.";
}

function tableOf(tradeoff: Tradeoff): StudyFigure["table"] {
  const { heldOut, rounds } = tradeoff;
  const ends = (label: string) => [label, "from", "to"];
  return {
    columns: [
      "Round",
      "Steps",
      "Tokens trained on",
      ...heldOut.flatMap(({ corpus }) => ends(`Perplexity increase on ${corpus}, %`)),
      ...AGENT_MEASURES.flatMap(({ label, format }) =>
        ends(format === "percent" ? `${label}, %` : label),
      ),
    ],
    rows: rounds.map((round) => [
      round.round,
      trainedUpTo(tradeoff, round, ({ steps }) => steps),
      trainedUpTo(tradeoff, round, ({ tokens }) => tokens),
      ...heldOut.flatMap((_, i) => intervalCells(perplexityIncrease(tradeoff, i, round), percent)),
      ...AGENT_MEASURES.flatMap((measure) =>
        intervalCells(meanIn(round, measure), measure.format === "percent" ? percent : rounded),
      ),
    ]),
  };
}

function trainedUpTo(
  { rounds }: Tradeoff,
  { round: last }: TradeoffRound,
  of: (trained: NonNullable<TradeoffRound["trained"]>) => number,
): number {
  return rounds
    .filter(({ round }) => round <= last)
    .reduce((sum, { trained }) => sum + (trained ? of(trained) : 0), 0);
}

const percent = (share: number) => Number((100 * share).toFixed(2));
const rounded = (value: number) => Number(value.toPrecision(5));
const signedPercent = (share: number) => `${formatSigned(100 * share, 1)} %`;
