import type { Role } from "../../protocol/roles";
import { divergentSpans, neighbouringSpan } from "../../analysis/scores/divergence";
import { oldMeasurement } from "../../protocol/measured";
import type { DivergenceParams, ExportParams } from "../../protocol/documents";
import type { DocumentReport } from "../../protocol/report";
import type { Divergence, DocumentSummary } from "../../protocol/summary";
import type { TextRange } from "../../protocol/scores";
import type { TextScores } from "../../protocol/textScores";
import type { WordChoice } from "../../protocol/words";
import type { ModelDigests } from "../../engine/modelFiles";
import { toTokenCsv } from "../../formats/tokenCsv";
import { toWordCsv } from "../../formats/wordCsv";
import { wordModels } from "../../jobs/scoring/wordModels";
import { type ExportedModel, toScoreDocument, toScoreNumbers } from "../../report/document";
import { measureText } from "../../report/measures";
import { toWordDocument } from "../../report/wordDocument";
import { toJson } from "../../analysis/presentation/json";
import { toMarkdown } from "../../report/markdown";
import { toReportData } from "../../report/reportData";
import { commonScores, describeDivergence, summarise } from "../../report/summary";
import { nameOf } from "./documentName";
import type { HighlightedDocument } from "./highlighted";
import { freshScores } from "./layers";
import { failure } from "../connection/responses";

/** Numbers of the document or a part of it; what changed since it was scored is left out. */
export function summary(
  highlighted: HighlightedDocument,
  range: TextRange | null,
): DocumentSummary {
  const { document, measured } = highlighted;
  const { base, rlhf } = fresh(highlighted);
  return { ...summarise(document.getText(), base, rlhf, range, document.version), measured };
}

/** The divergent span after or before an offset; null: there is none, or only one model. */
export function divergence(
  highlighted: HighlightedDocument,
  { offset, direction }: DivergenceParams,
): Divergence | null {
  const { base, rlhf } = fresh(highlighted);
  if (!base || !rlhf) return null;
  const spans = divergentSpans(commonScores(base, rlhf).segments);
  const span = neighbouringSpan(spans, offset, direction);
  return span && describeDivergence(highlighted.document.getText(), span);
}

export function documentReport(highlighted: HighlightedDocument): DocumentReport {
  const { measured } = highlighted;
  const { uri, version } = highlighted.document;
  const { base, rlhf } = fresh(highlighted);
  const text = highlighted.document.getText();
  return { ...toReportData({ uri, name: nameOf(uri), text, version }, base, rlhf), measured };
}

/** In which form; `words`: how they are cut, and what their surprisal is. */
interface ExportedAs extends Omit<ExportParams, "uri"> {
  readonly words: WordChoice;
}

/**
 * @param version Twinlens's own, which exports name
 * @throws ResponseError where there are no scores of the text as it is by the pair in use
 */
export async function exportText(
  highlighted: HighlightedDocument,
  { format, unit = "token", words }: ExportedAs,
  digests: ModelDigests,
  version: string,
): Promise<string> {
  const { uri } = highlighted.document;
  const text = highlighted.document.getText();
  const old = oldMeasurement(highlighted.measured);
  if (old !== null) {
    throw failure(`The scores of this document were ${old}. Highlight it again to export them.`);
  }
  const found = fresh(highlighted);
  const scores = { base: scored(found.base), rlhf: scored(found.rlhf) };
  if (!scores.base && !scores.rlhf) {
    throw failure("Nothing of this text is scored as it is now. Highlight it again to export.");
  }
  const models = {
    base: scores.base && (await exportedModel(highlighted, "base", digests)),
    rlhf: scores.rlhf && (await exportedModel(highlighted, "rlhf", digests)),
  };
  const texts = [{ name: nameOf(uri), text, ...scores }];
  if (unit === "word" && format !== "markdown") {
    const document = toWordDocument(version, wordModels(models, words), texts, words);
    return format === "csv" ? toWordCsv(document) : toJson(document);
  }
  switch (format) {
    case "csv":
      return toTokenCsv(toScoreDocument(version, models, texts));
    case "json":
      return toJson(toScoreDocument(version, models, texts));
    case "markdown":
      return toMarkdown(
        toScoreNumbers(version, models, [measureText(nameOf(uri), text, scores.base, scores.rlhf)]),
      );
  }
}

/** The model by the digest of the file that made the scores. */
async function exportedModel(
  { current }: HighlightedDocument,
  role: Role,
  digests: ModelDigests,
): Promise<ExportedModel | null> {
  const scores = current[role];
  if (!scores) return null;
  return { sha256: await digests.of(scores.original.model), vocabulary: scores.vocabulary };
}

function fresh({ current }: HighlightedDocument) {
  return { base: freshScores(current, "base"), rlhf: freshScores(current, "rlhf") };
}

/** null where no token has a score. */
function scored(scores: TextScores | null): TextScores | null {
  if (!scores) return null;
  const { start, endExclusive } = scores.scoredRange;
  return start < endExclusive ? scores : null;
}
