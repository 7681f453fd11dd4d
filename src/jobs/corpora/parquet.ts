import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { formatNumber } from "../../analysis/presentation/format";
import { cancelled, EngineError } from "../../engine/errors";
import { CorpusError, damaged } from "./faults";
import type { CorpusFile } from "./findFiles";
import { openParquet } from "./parquetFile";
import { PageTooLarge, readColumnPages } from "./parquetPages";
import type { FileRecord } from "./recordText";

/** A column of a Parquet file, and whether its values are texts. */
export interface ParquetColumn {
  readonly name: string;
  readonly isText: boolean;
}

/**
 * The rows of a Parquet file. Plain columns are read page by page; where one has lists, a row group's columns are held, and
 * of a file that is packed as a whole all bytes.
 * @param choose which of the file's columns are read
 * @throws CorpusError where the file is broken, or pages or row groups are too large; EngineError `Cancelled`
 */
export async function* readParquet(
  source: CorpusFile,
  choose: (columns: readonly ParquetColumn[]) => readonly string[],
  signal: AbortSignal,
): AsyncGenerator<FileRecord> {
  const file = await openParquet(source, MOST_HELD, signal);
  try {
    const metadata = await parquetMetadataAsync(file);
    const columns = choose(columnsOf(metadata));
    let record = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = record + Number(group.num_rows);
      const read = { file, metadata, columns, group, rowStart: record, rowEnd };
      for await (const value of rowsOf(read)) {
        if (signal.aborted) throw cancelled();
        yield { record: ++record, value };
      }
      if (record !== rowEnd) throw new Error("it has fewer rows than it says");
    }
  } catch (error) {
    throw said(error as Error, source.name);
  } finally {
    await file.close();
  }
}

/** What is said of what went wrong; hyparquet's errors are plain ones. */
function said(error: Error, name: string): Error {
  if (error instanceof PageTooLarge) {
    const most = formatNumber(MOST_HELD / 2 ** 20, 0);
    return new CorpusError(
      `${name} has parts of more than ${most} MiB, which would have to be held in memory. Write it with smaller ones (pyarrow: row_group_size=1000).`,
    );
  }
  const isKnown = error instanceof CorpusError || error instanceof EngineError;
  return isKnown || "syscall" in error ? error : damaged(name, error.message);
}

function columnsOf(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map(({ element }) => ({
    name: element.name,
    isText:
      element.type === "BYTE_ARRAY" &&
      element.repetition_type !== "REPEATED" &&
      (element.converted_type === "UTF8" || element.logical_type?.type === "STRING"),
  }));
}

/** Most that is unpacked at once: a page, the columns of a row group where one has lists, or a packed file; bytes. */
const MOST_HELD = 2 ** 28;

interface GroupRead {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly string[];
  readonly group: RowGroup;
  readonly rowStart: number;
  readonly rowEnd: number;
}

function rowsOf(read: GroupRead): AsyncGenerator<unknown> {
  const chunks = read.group.columns.flatMap(({ meta_data }) =>
    meta_data && read.columns.includes(meta_data.path_in_schema[0]!) ? [meta_data] : [],
  );
  if (chunks.length === 0) throw new Error("a row group lacks its columns");
  const isPlain = chunks.every(({ path_in_schema }) => path_in_schema.length === 1);
  return isPlain ? plainRows(read, chunks) : wholeRows(read, chunks);
}

async function* plainRows(
  { file, metadata, group }: GroupRead,
  chunks: readonly ColumnMetaData[],
): AsyncGenerator<unknown> {
  const columns = chunks.map((chunk) => ({
    name: chunk.path_in_schema[0]!,
    values: readColumnPages(file, metadata, chunk, MOST_HELD),
  }));
  try {
    for (let row = 0; row < Number(group.num_rows); row++) {
      const record: Record<string, unknown> = {};
      for (const { name, values } of columns) {
        const next = await values.next();
        if (next.done === true) return;
        record[name] = next.value;
      }
      yield record;
    }
  } finally {
    for (const { values } of columns) await values.return(undefined);
  }
}

async function* wholeRows(
  { file, metadata, columns, rowStart, rowEnd }: GroupRead,
  chunks: readonly ColumnMetaData[],
): AsyncGenerator<unknown> {
  const bytes = chunks.reduce((sum, chunk) => sum + Number(chunk.total_uncompressed_size), 0);
  if (bytes > MOST_HELD) throw new PageTooLarge();
  const options = { file, metadata, columns: [...columns], rowStart, rowEnd, compressors };
  yield* await parquetReadObjects(options);
}
