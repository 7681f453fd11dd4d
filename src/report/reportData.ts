import { runningSurprisal } from "../analysis/scores/running";
import type { Segments } from "../analysis/text/segments";
import { surprisalHistogram } from "../analysis/scores/surprisal";
import { tokensIn } from "../analysis/text/tokens";
import type { TextScores } from "../protocol/textScores";
import type { ReportData, RoleReport } from "../protocol/report";
import { concentrationKs, measureSharpness } from "./sharpness";
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

function reportRole(text: string, scores: TextScores): RoleReport {
  const { columns } = scores;
  const tokens = tokensIn(columns, null);
  return {
    summary: summariseRole(text, scores, null),
    histogram: surprisalHistogram(columns, tokens),
    sharpness: measureSharpness(scores),
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
