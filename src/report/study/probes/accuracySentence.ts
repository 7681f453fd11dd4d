/** What Figure 6 shows for these models, in plain words. */
import type { ProbedText, Probes } from "../../../formats/study/probes";
import type { Interval } from "../../../protocol/studyFigure";
import { stageName, stageTitle } from "../cells";
import { beyondOf, type Claim, shareOf } from "./probeClaims";
import { accuracyContrast, beyondContrast } from "./probeContrast";
import {
  aheadWords,
  beyondChance,
  isAbove,
  isBelow,
  ownerOf,
  pointsWords,
  sharesWords,
  writerName,
} from "./probeWords";

/** @param claims against the text, those of a text in the order of distances */
export function accuracySentence({ unit, texts }: Probes, claims: readonly Claim[]): string {
  const of = (text: ProbedText) => claims.filter((claim) => claim.text === text);
  const own = texts.filter(({ writer, reader }) => writer === reader || writer === null);
  const [base, ...tuned] = own.filter(({ writer }) => writer !== null);
  const ofKind = (isGiven: boolean) => own.filter(({ writer }) => (writer === null) === isGiven);
  return [
    foundWords("In own texts", ofKind(false).map(of), unit),
    foundWords("In given texts", ofKind(true).map(of), unit),
    ...(base?.reader === "base"
      ? tuned.flatMap((text) => contrastWords(of(text), of(base), unit))
      : []),
    ...crossWords(texts, of, unit),
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param readings claims of each text */
function foundWords(where: string, readings: readonly Claim[][], unit: Probes["unit"]): string {
  const filled = readings.filter(({ length }) => length > 0);
  const words = filled.map((claims) => {
    const reader = ownerOf(stageName(claims[0]!.text.reader));
    const differences = claims.map(beyondOf);
    const found = `${reader} in ${sharesWords(claims.map(shareOf))} of positions`;
    if (differences.every((one) => one === null)) return found;
    return `${found}, ${pointsWords(differences)} over the best control (${beyondChance(aheadsIn(claims), differences, unit)})`;
  });
  if (words.length === 0) return "";
  return `${where}, hidden states predict the token ${aheadWords(aheadsIn(filled[0]!))} places after the next one: ${words.join("; ")}.`;
}

/** The paper's claim: a tuned model's text is foretold more often than its base's. */
function contrastWords(
  tuned: readonly Claim[],
  base: readonly Claim[],
  unit: Probes["unit"],
): string[] {
  const pairs = pairsOf(tuned, base);
  const differences = pairs.map(([one, other]) => accuracyContrast(one, other));
  if (differences.every((one) => one === null)) return [];
  const aheads = aheadsIn(pairs.map(([one]) => one));
  const beyond = pairs.map(([one, other]) => beyondContrast(one, other));
  const { reader } = tuned[0]!.text;
  const raw = `${stageTitle(reader)} against base on own texts: ${pointsWords(differences)} (${beyondChance(aheads, differences, unit)}${verdictOf(reader, differences)})`;
  if (beyond.every((one) => one === null)) return [`${raw}.`];
  return [
    `${raw}; of what exceeds the best controls ${pointsWords(beyond)} (${beyondChance(aheads, beyond, unit)}).`,
  ];
}

/** The paper's other claim: base tells a tuned model's text better than that tells base's. */
function crossWords(
  texts: readonly ProbedText[],
  of: (text: ProbedText) => Claim[],
  unit: Probes["unit"],
): string[] {
  return texts.flatMap((text) => {
    const { writer, reader } = text;
    const back = texts.find((other) => other.reader === writer && other.writer === reader);
    if (reader !== "base" || writer === reader || back === undefined) return [];
    const pairs = pairsOf(of(text), of(back));
    const differences = pairs.map(([one, other]) => accuracyContrast(one, other));
    if (differences.every((one) => one === null)) return [];
    const [ours, theirs] = [0, 1].map((side) =>
      sharesWords(pairs.map((pair) => shareOf(pair[side]!))),
    );
    const aheads = aheadsIn(pairs.map(([one]) => one));
    const name = stageName(back.reader);
    return [
      `Base's states predict ${ours!} of ${ownerOf(writerName(writer))} tokens; ${name}'s states, ${theirs!} of base's (${beyondChance(aheads, differences, unit)}${verdictOf(back.reader, differences)}).`,
    ];
  });
}

/** Claims of one distance each. */
function pairsOf(ones: readonly Claim[], others: readonly Claim[]): (readonly [Claim, Claim])[] {
  return ones.flatMap((one) => {
    const other = others.find(({ row }) => row.ahead === one.row.ahead);
    return other ? [[one, other] as const] : [];
  });
}

function aheadsIn(claims: readonly Claim[]): number[] {
  return claims.map(({ row }) => row.ahead);
}

/** The paper finds more at every distance, and has RLHF models alone. */
function verdictOf(stage: string, differences: readonly (Interval | null)[]): string {
  if (stage !== "rlhf") return "";
  if (differences.every((one) => one && isAbove(one))) return ", as the paper finds";
  const isTurned = differences.some((one) => one && isBelow(one));
  return isTurned ? ", which is not what the paper finds" : "";
}
