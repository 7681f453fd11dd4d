/** How figures of probes name what they show. */
import { formatNumber, formatSigned } from "../../../analysis/presentation/format";
import type { ProbedText, ProbeMethod, Probes } from "../../../formats/study/probes";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Interval } from "../../../protocol/studyFigure";
import { stageName, stageTitle } from "../cells";
import { placeOf } from "../samples/shownWriters";
import { counted } from "../words";
import { positionsOf } from "./probeClaims";

/** As a legend or a table has them. */
export const METHOD_NAMES: Readonly<Record<ProbeMethod, string>> = {
  ridge: "ridge",
  lens: "Future Lens",
  shuffled: "shuffled labels",
  embedding: "embeddings alone",
  "skip-bigram": "skip-bigrams",
  unigram: "unigram",
  prior: "position in other samples",
};

/** Which of a reader's texts it is, as figures put them together. */
export function textKind({ writer, reader }: ProbedText, texts: readonly ProbedText[]): string {
  if (writer === null) return "Given text";
  if (writer === reader) return "Own text";
  const others = (one: string) =>
    texts.filter((text) => text.reader === one && text.writer !== null && text.writer !== one);
  const isOnly = texts.every((text) => others(text.reader).length <= 1);
  return isOnly ? "The other model's text" : `${ownerOf(stageTitle(writer))} text`;
}

/** `base's`, within a sentence. */
export function ownerOf(name: string): string {
  return `${name}'s`;
}

export function writerName(writer: string | null): string {
  return writer === null ? "given" : stageName(writer);
}

/** Whose texts they are, and in which parts. */
export function probedLines(
  cell: ResultCell,
  { unit }: Probes,
  texts: readonly ProbedText[],
): string[] {
  const models = cell.models.map(({ name, quantisation }) => `${name}, ${quantisation}`).join("; ");
  const part = (units: number, positions: number) =>
    `${counted(units, unit)} (${counted(positions, "position")})`;
  return [
    `${placeOf(cell)}${models === "" ? "" : ` (${models})`}`,
    ...texts.map((probed) => {
      const { writer, reader, fit, choose, report, layer, layers, classes } = probed;
      const nucleus = cell.writers.find(({ stage }) => stage === writer)?.topP ?? null;
      const drawn = nucleus === null ? "" : ` (p ${nucleus})`;
      const text = writer === null ? "Given text" : `${ownerOf(stageTitle(writer))} text${drawn}`;
      const parts = [
        `fitted on ${part(fit.units, fit.positions)}`,
        `chosen on ${part(choose.units, choose.positions)}`,
        `reported on ${part(report.units.length, positionsOf(probed))}`,
      ];
      const lens =
        probed.lensFault === null ? "" : `; Future Lens not measured: ${probed.lensFault}`;
      return `${text} read by ${stageName(reader)}: ${parts.join(", ")}; layer ${layer} of ${layers}, ${counted(classes, "class", "classes")} of tokens${lens}`;
    }),
  ];
}

/** `n = 1, 2 and 3` */
export function aheadWords(aheads: readonly number[]): string {
  return `n = ${joined(aheads.map((ahead) => formatNumber(ahead, 0)))}`;
}

export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Shares one after the other as per cent: `20.1, 14.0 and 11.2 %` */
export function sharesWords(shares: readonly number[]): string {
  return `${joined(shares.map((share) => formatNumber(100 * share, 1)))} %`;
}

/** Differences of shares: `+3.1, +0.2 and −0.1 points` */
export function pointsWords(differences: readonly (Interval | null)[]): string {
  const words = differences.map((one) => (one ? formatSigned(100 * one.value, 1) : "–"));
  return `${joined(words)} points`;
}

/** Which differences are no chance, where their intervals tell; `[ahead]`. */
export function beyondChance(
  aheads: readonly number[],
  differences: readonly (Interval | null)[],
  unit: Probes["unit"],
): string {
  if (!differences.some((one) => one && one.low !== null)) {
    return `too few ${unit}s to tell it from chance`;
  }
  const sides = [
    { what: "beyond chance", holds: isAbove },
    { what: "lower, beyond chance", holds: isBelow },
  ];
  const found = sides.flatMap(({ what, holds }) => {
    const where = aheads.filter((_, i) => differences[i] && holds(differences[i]));
    if (where.length === 0) return [];
    if (where.length < aheads.length) return [`${what}: ${aheadWords(where)}`];
    return [aheads.length === 1 ? what : `each ${what}`];
  });
  return found.length === 0 ? "no difference beyond chance" : found.join("; ");
}

/** The whole interval is above 0. */
export function isAbove({ low }: Interval): boolean {
  return low !== null && low > 0;
}

export function isBelow({ high }: Interval): boolean {
  return high !== null && high < 0;
}
