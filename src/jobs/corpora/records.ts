import { listed, TEXT_NAMES } from "./column";
import type { CorpusSettings } from "./corpus";
import { readCsv } from "./csvRecords";
import { CorpusError } from "./faults";
import type { CorpusFile } from "./findFiles";
import { readJson, readJsonLines } from "./jsonRecords";
import { readLines } from "./lines";
import { type ParquetColumn, readParquet } from "./parquet";
import type { Plan } from "./plan";
import { type FileRecord, RecordText, tooLong } from "./recordText";
import { SHAPES } from "./shapes";
import { type Decoding, readText } from "./text";

/**
 * The records of a file; a plain text is one, or each of its lines.
 * @param plan null: it is not known yet what of them is read
 */
export function readRecords(
  file: CorpusFile,
  { maxRecordBytes, column, lines }: CorpusSettings,
  plan: Plan | null,
  decoding: Decoding,
): AsyncGenerator<FileRecord> {
  const open = () => readText(file, decoding);
  switch (file.format) {
    case "text":
      return lines ? readLines(open(), maxRecordBytes) : wholeText(open(), maxRecordBytes);
    case "jsonl":
      return readJsonLines(open(), maxRecordBytes);
    case "json":
      return readJson(open, maxRecordBytes, file.name);
    case "csv":
    case "tsv":
      return readCsv(open(), maxRecordBytes, file.name, file.format === "tsv");
    case "parquet":
      return readParquet(
        file,
        (all) => columnsToRead(all, plan, column, file.name),
        decoding.signal,
      );
  }
}

/** A file as one record. */
async function* wholeText(
  pieces: AsyncGenerator<string>,
  mostBytes: number,
): AsyncGenerator<FileRecord> {
  const gathered = new RecordText(mostBytes);
  for await (const piece of pieces) gathered.add(piece);
  const value = gathered.take();
  yield value === null ? { record: null, fault: tooLong(mostBytes) } : { record: null, value };
}

/** Records by which it is decided what of a file is read. */
const HEAD_RECORDS = 32;

/** A file whose first records can't be read is read no further for its head. */
const HEAD_TRIES = 1000;

/** The first records of a file that can be read. */
export async function readHead(
  file: CorpusFile,
  settings: CorpusSettings,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const head: unknown[] = [];
  let tries = 0;
  const decoding = { encoding: settings.encoding, warn: () => undefined, signal };
  for await (const found of readRecords(file, settings, null, decoding)) {
    if ("value" in found) head.push(found.value);
    if (head.length === HEAD_RECORDS || ++tries === HEAD_TRIES) break;
  }
  return head;
}

/** Of a Parquet file only what may be needed is read. @throws CorpusError where there is nothing that may be */
function columnsToRead(
  all: readonly ParquetColumn[],
  plan: Plan | null,
  column: string | null,
  name: string,
): readonly string[] {
  const wanted = plan === null ? POSSIBLE_COLUMNS : columnsOfPlan(plan);
  const isWanted = (one: ParquetColumn) =>
    wanted.includes(one.name) || one.name === column || (plan === null && one.isText);
  const found = all.filter(isWanted).map((one) => one.name);
  if (column === null ? found.length > 0 : found.includes(column)) return found;
  const what = column === null ? "column with texts" : `column "${column}"`;
  throw new CorpusError(`${name} has no ${what}. It has ${listed(all.map((one) => one.name))}.`);
}

const POSSIBLE_COLUMNS = [
  ...TEXT_NAMES,
  ...Object.values(SHAPES).flatMap(({ columns }) => columns),
];

function columnsOfPlan({ rendering, column }: Plan): readonly string[] {
  if (rendering !== "text") return SHAPES[rendering].columns;
  return column === null ? [] : [column];
}
