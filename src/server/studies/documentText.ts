import { findCorpusFiles } from "../../jobs/corpora/findFiles";
import { readCorpus } from "../../jobs/corpora/readCorpus";
import { CorpusReport } from "../../jobs/corpora/report";
import type { StudyAt } from "../../jobs/study/studyFiles";
import { readingOf } from "../../jobs/study/survey";
import { parseDocumentTarget } from "../../protocol/documentTarget";
import { failure } from "../connection/responses";

/**
 * The text of a document, as it was measured.
 * @param target see `documentTarget`
 * @throws ResponseError where it is not there any more, CorpusError, EngineError `Cancelled`
 */
export async function documentText(
  { study, folder }: StudyAt,
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const named = parseDocumentTarget(target);
  const corpus = study.corpora.find(({ name }) => name === named?.corpus);
  if (!named || !corpus) throw failure("The study's file names this corpus no more.");
  const files = await findCorpusFiles(corpus.paths, folder);
  const likely = files.filter(
    ({ name }) => named.document === name || named.document.startsWith(`${name}#`),
  );
  for await (const { id, text } of readCorpus(
    likely,
    readingOf(corpus),
    new CorpusReport(),
    signal,
  )) {
    if (id === named.document) return text;
  }
  throw failure(`${named.document} is not in ${corpus.name} any more.`);
}
