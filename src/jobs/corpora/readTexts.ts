import type { CorpusReading } from "../../formats/study/study";
import { RECORD_BYTES } from "../../formats/study/resolveStudy";
import type { CorpusDocument, CorpusSettings } from "./corpus";
import { findCorpusFiles } from "./findFiles";
import { readCorpus } from "./readCorpus";
import { CorpusReport, warningsOf } from "./report";

const READING: CorpusSettings = {
  column: null,
  rendering: "auto",
  side: "chosen",
  part: "dialogue",
  lines: false,
  encoding: null,
  maxRecordBytes: RECORD_BYTES,
};

/**
 * The documents at some paths, read as a study reads a corpus of which its file says no more than that.
 * @param paths relative ones count from the working directory
 * @param reading what is said
 * @param warn gets in the end what was left out, and what is to be known of the rest
 * @throws CorpusError, EngineError `Cancelled`
 */
export async function* readTexts(
  paths: readonly string[],
  reading: Partial<CorpusReading>,
  warn: (message: string) => void,
  signal: AbortSignal,
): AsyncGenerator<CorpusDocument> {
  const files = await findCorpusFiles(paths, process.cwd());
  const report = new CorpusReport();
  try {
    yield* readCorpus(files, { ...READING, ...reading }, report, signal);
  } finally {
    warningsOf(report).forEach(warn);
  }
}
