/** Texts that probes are trained on, as the host names them. */
import { basename } from "node:path";
import type { CorpusSettings } from "../../jobs/corpora/corpus";
import { findCorpusFiles } from "../../jobs/corpora/findFiles";
import { readCorpus } from "../../jobs/corpora/readCorpus";
import { CorpusReport, warningsOf } from "../../jobs/corpora/report";
import type { ProbeTexts } from "../../protocol/probes";

const READING: CorpusSettings = {
  column: null,
  rendering: "auto",
  side: "chosen",
  part: "dialogue",
  lines: false,
  encoding: null,
  maxRecordBytes: 1 << 24,
};

/** @throws CorpusError, EngineError `Cancelled` */
export async function* documentsOf(
  texts: ProbeTexts,
  warn: (message: string) => void,
  signal: AbortSignal,
): AsyncGenerator<{ readonly id: string; readonly text: string }> {
  if (texts.kind === "document") {
    yield { id: texts.name, text: texts.text };
    return;
  }
  const report = new CorpusReport();
  const files = await findCorpusFiles(texts.paths, process.cwd());
  try {
    yield* readCorpus(files, READING, report, signal);
  } finally {
    warningsOf(report).forEach(warn);
  }
}

/** Names that are kept, at most. */
const MOST_NAMES = 20;

export function namesOf(texts: ProbeTexts): string[] {
  if (texts.kind === "document") return [texts.name];
  return texts.paths.slice(0, MOST_NAMES).map((path) => basename(path));
}
