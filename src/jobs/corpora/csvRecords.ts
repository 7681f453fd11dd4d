import { type Options, parse } from "csv-parse/sync";
import { formatNumber } from "../../analysis/presentation/format";
import { CorpusError } from "./faults";
import { CsvSplitter } from "./csvSplitter";
import { type FileRecord, RecordText, tooLong } from "./recordText";

/**
 * The rows of a CSV file (RFC 4180) as objects by the names in its first one. A file without a comma there may be parted by
 * semicolons or tabs.
 * @throws CorpusError where the file ends within quotation marks, or its first row is no list of names
 */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  mostBytes: number,
  name: string,
  isTabbed: boolean,
): AsyncGenerator<FileRecord> {
  const splitter = new CsvSplitter();
  if (isTabbed) splitter.delimiter = "\t";
  let columns: readonly string[] | null = null;
  let record = 0;
  for await (const text of recordTexts(pieces, mostBytes, name, splitter)) {
    if (columns === null) {
      if (!isTabbed) splitter.delimiter = delimiterOf(text ?? "");
      columns = columnsOf(text, splitter.delimiter, name);
    } else if (text === null) yield { record: ++record, fault: tooLong(mostBytes) };
    else yield rowOf(++record, fieldsOf(text, splitter.delimiter), columns);
  }
}

function delimiterOf(header: string): string {
  return [",", ";", "\t"].find((one) => header.includes(one)) ?? ",";
}

/** @throws CorpusError */
function columnsOf(header: string | null, delimiter: string, name: string): readonly string[] {
  const columns = header === null ? null : fieldsOf(header, delimiter);
  if (columns !== null) return columns;
  throw new CorpusError(`${name} is not valid CSV: its first row should name the columns.`);
}

function fieldsOf(record: string, delimiter: string): readonly string[] | null {
  try {
    return parse(record.replace(/\r$/u, ""), { ...READING, delimiter })[0] ?? null;
  } catch {
    return null;
  }
}

/** Without a delimiter of records, any line break outside quotation marks is taken for one. */
const READING: Options = {
  record_delimiter: "\n",
  relax_quotes: true,
  relax_column_count: true,
};

function rowOf(
  record: number,
  fields: readonly string[] | null,
  columns: readonly string[],
): FileRecord {
  if (fields === null) return { record, fault: "invalid CSV" };
  if (fields.length !== columns.length) {
    return { record, fault: "more or fewer fields than the first row has" };
  }
  return { record, value: Object.fromEntries(columns.map((column, i) => [column, fields[i]])) };
}

/** The text of every record that is not blank; null: it is too long. */
async function* recordTexts(
  pieces: AsyncIterable<string>,
  mostBytes: number,
  name: string,
  splitter: CsvSplitter,
): AsyncGenerator<string | null> {
  const gathered = new RecordText(mostBytes);
  const isRecord = (text: string | null) => text === null || text.trim() !== "";
  for await (const piece of pieces) {
    let start = 0;
    for (const end of splitter.ends(piece)) {
      gathered.add(piece.slice(start, end));
      start = end + 1;
      const text = gathered.take();
      if (isRecord(text)) yield text;
    }
    gathered.add(piece.slice(start));
  }
  if (splitter.isQuoted) {
    const line = formatNumber(splitter.quotedSince, 0);
    throw new CorpusError(
      `${name} is not valid CSV, or ends too early: the quotation mark that opens in line ${line} is never closed.`,
    );
  }
  const last = gathered.take();
  if (isRecord(last)) yield last;
}
