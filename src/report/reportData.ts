import { meanConcentration } from "../analysis/concentration";
import { runningSurprisal } from "../analysis/running";
import type { Segments } from "../analysis/segments";
import { meanOverScored, surprisalHistogram } from "../analysis/surprisal";
import { tokensIn } from "../analysis/tokens";
import type { TextScores } from "../engine/scoring";
import type { ReportData, RoleReport } from "../protocol/report";
import { CONCENTRATION_KS, CONCENTRATION_SCALE } from "../protocol/scores";
import { commonScores, shownText, summarise, summariseRole } from "./summary";

/** Points of the scatter plot. */
const SCATTER_POINTS = 2000;

/** What the document report shows: the whole text's numbers and the data of its charts. */
export function toReportData(
  document: {
    readonly uri: string;
    readonly name: string;
    readonly text: string;
    readonly version: number;
  },
  base: TextScores | null,
  rlhf: TextScores | null,
): ReportData {
  const { uri, name, text, version } = document;
  return {
    uri,
    name,
    summary: summarise(text, base, rlhf, null, version),
    concentrationKs: concentrationKs(
      Math.max(base?.model.vocabularySize ?? 0, rlhf?.model.vocabularySize ?? 0),
    ),
    base: base && reportRole(text, base),
    rlhf: rlhf && reportRole(text, rlhf),
    scatter: base && rlhf ? scatter(text, commonScores(base, rlhf).segments) : [],
  };
}

/** The k for which C(k) is informative: those up to the vocabulary's size. */
export function concentrationKs(vocabularySize: number): number[] {
  return CONCENTRATION_KS.filter((k) => k <= vocabularySize);
}

/** How sharp a model's distributions are, as means over the scored tokens (paper §3). */
export function measureSharpness(
  scores: TextScores,
): Pick<RoleReport, "concentration" | "coverage" | "coveragePercent" | "meanEntropyBits"> {
  const { columns, model } = scores;
  const tokens = tokensIn(columns, null);
  const coverage = meanOverScored(columns, tokens, columns.coverage);
  return {
    concentration: meanConcentration(columns, tokens, {
      values: columns.concentration,
      width: CONCENTRATION_KS.length,
      scale: CONCENTRATION_SCALE,
    }).slice(0, concentrationKs(model.vocabularySize).length),
    coverage,
    coveragePercent: (coverage / model.vocabularySize) * 100,
    meanEntropyBits: meanOverScored(columns, tokens, columns.entropy) / Math.LN2,
  };
}

function reportRole(text: string, scores: TextScores): RoleReport {
  const { columns } = scores;
  const tokens = tokensIn(columns, null);
  return {
    summary: summariseRole(text, scores, null),
    histogram: surprisalHistogram(columns, tokens),
    ...measureSharpness(scores),
    running: runningSurprisal(columns, tokens, { start: 0, endExclusive: text.length }),
  };
}

/** Evenly drawn segments. */
function scatter(text: string, segments: Segments): ReportData["scatter"] {
  const points = Math.min(SCATTER_POINTS, segments.count);
  return Array.from({ length: points }, (_, point) => {
    const i = Math.floor((point * segments.count) / points);
    const [base, rlhf] = [segments.base[i]!, segments.rlhf[i]!];
    const place = { start: segments.start[i]!, endExclusive: segments.endExclusive[i]! };
    const shown = shownText(text, place);
    return { base, rlhf, ...place, text: shown };
  });
}
