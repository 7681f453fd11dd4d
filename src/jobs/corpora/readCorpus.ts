import { cancelled, EngineError } from "../../engine/errors";
import type { CorpusDocument, CorpusSettings } from "./corpus";
import { CorpusError } from "./faults";
import type { CorpusFile } from "./findFiles";
import { type Plan, planFor } from "./plan";
import { readHead, readRecords } from "./records";
import { render } from "./render";
import type { CorpusReport } from "./report";
import type { Decoding } from "./text";

/**
 * The documents of a corpus, file by file, as they are asked for: no more than a record and what is unpacked at once is held.
 * Records that can't be read are skipped.
 * @param report told of what is read and skipped on the way
 * @throws CorpusError where a file can't be read, after the documents before; EngineError `Cancelled`
 */
export async function* readCorpus(
  files: readonly CorpusFile[],
  settings: CorpusSettings,
  report: CorpusReport,
  signal: AbortSignal,
): AsyncGenerator<CorpusDocument> {
  for (const file of files) {
    try {
      yield* readDocuments(file, settings, report, signal);
    } catch (error) {
      if (error instanceof CorpusError || error instanceof EngineError) throw error;
      throw new CorpusError(`${file.name} can't be read: ${(error as Error).message}`);
    }
  }
}

async function* readDocuments(
  file: CorpusFile,
  settings: CorpusSettings,
  report: CorpusReport,
  signal: AbortSignal,
): AsyncGenerator<CorpusDocument> {
  const warn = (message: string) => report.warn(message);
  const decoding: Decoding = { encoding: settings.encoding, warn, signal };
  const plan = await planOf(file, settings, signal);
  report.addSource({ format: file.format, ...plan });
  let hasRecords = false;
  for await (const found of readRecords(file, settings, plan, decoding)) {
    if (signal.aborted) throw cancelled();
    hasRecords = true;
    const { record } = found;
    const document = "fault" in found ? found.fault : render(found.value, plan, settings);
    if (typeof document === "string") report.skip({ file: file.name, record, reason: document });
    else {
      report.documents++;
      yield { id: idOf(file.name, record), file: file.name, record, ...document };
    }
  }
  if (!hasRecords) report.skip({ file: file.name, record: null, reason: "no records" });
}

function idOf(name: string, record: number | null): string {
  return record === null ? name : `${name}#${record}`;
}

async function planOf(
  file: CorpusFile,
  settings: CorpusSettings,
  signal: AbortSignal,
): Promise<Plan> {
  if (file.format === "text") return { rendering: "text", column: null };
  return planFor(await readHead(file, settings, signal), settings, file.name);
}
