import { createHash } from "node:crypto";
import { formatNumber } from "../../analysis/presentation/format";
import type { Corpus } from "../../formats/study/study";
import type { ReadCorpus } from "../../formats/study/studyResult";
import type { CorpusDocument, CorpusSettings } from "../corpora/corpus";
import { type CorpusFile, findCorpusFiles } from "../corpora/findFiles";
import { readCorpus } from "../corpora/readCorpus";
import { CorpusReport, type Source, warningsOf } from "../corpora/report";

/** A corpus that was read through once: what a study takes of it, and what was said on the way. */
export interface SurveyedCorpus {
  readonly corpus: Corpus;
  readonly files: readonly CorpusFile[];
  readonly read: ReadCorpus;
  /** The first records that could not be read, with their places. */
  readonly warnings: readonly string[];
}

/**
 * Reads a corpus to its limits.
 * @param folder from which its paths count
 * @throws CorpusError, EngineError `Cancelled`, the file system's error
 */
export async function surveyCorpus(
  corpus: Corpus,
  folder: string,
  signal: AbortSignal,
): Promise<SurveyedCorpus> {
  const files = await findCorpusFiles(corpus.paths, folder);
  const report = new CorpusReport();
  const hash = createHash("sha256");
  const limited = new LimitedDocuments(corpus, files, report, signal);
  for await (const { id, text } of limited.read()) hash.update(JSON.stringify([id, text]));
  const { documents, bytes, isCut } = limited;
  return {
    corpus,
    files,
    read: {
      documents,
      bytes,
      sha256: hash.digest("hex"),
      files: files.length,
      isCut,
      sources: report.sources.map(sourceText),
      skipped: [...report.skippedByReason].map(([reason, count]) => ({ reason, count })),
    },
    warnings: warningsOf(report),
  };
}

/** What was read from files of one kind, and how. */
function sourceText({ format, rendering, column, files }: Source): string {
  const kind = `${formatNumber(files, 0)} ${format}`;
  return column === null ? `${kind}: ${rendering}` : `${kind}: ${rendering} in "${column}"`;
}

/** The documents of a corpus again, as they were surveyed. */
export function documentsOf(
  { corpus, files }: SurveyedCorpus,
  signal: AbortSignal,
): AsyncGenerator<CorpusDocument> {
  return new LimitedDocuments(corpus, files, new CorpusReport(), signal).read();
}

/** How the files of a corpus are read. */
export function readingOf(corpus: Corpus): CorpusSettings {
  return { ...corpus, maxRecordBytes: corpus.limits.recordBytes };
}

class LimitedDocuments {
  /** Read so far; bytes of UTF-8. */
  documents = 0;
  bytes = 0;
  /** There was more than the limits let in. */
  isCut = false;

  constructor(
    private readonly corpus: Corpus,
    private readonly files: readonly CorpusFile[],
    private readonly report: CorpusReport,
    private readonly signal: AbortSignal,
  ) {}

  async *read(): AsyncGenerator<CorpusDocument> {
    const { corpus, files, report, signal } = this;
    const { documents, bytes } = corpus.limits;
    for await (const document of readCorpus(files, readingOf(corpus), report, signal)) {
      if (this.documents >= (documents ?? Infinity) || this.bytes >= (bytes ?? Infinity)) {
        this.isCut = true;
        return;
      }
      this.documents += 1;
      this.bytes += Buffer.byteLength(document.text);
      yield document;
    }
  }
}
