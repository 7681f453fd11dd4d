import { type AsyncBuffer, type ColumnMetaData, type FileMetaData, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";

type PageHeader = ReturnType<typeof parquetHeader>;
type Values = NonNullable<ReturnType<typeof readPage>["data"]>;

/**
 * The values of a plain column of a row group, one page held at a time; those that are missing are null. hyparquet itself
 * reads a row group's columns whole, and by default pyarrow writes a file as one row group.
 * @param mostBytes of a page, unpacked
 * @throws Error for a page that is too large, or broken
 */
export async function* readColumnPages(
  file: AsyncBuffer,
  metadata: FileMetaData,
  column: ColumnMetaData,
  mostBytes: number,
): AsyncGenerator<unknown> {
  const decoder = decoderOf(metadata, column);
  const start = startOf(column);
  const end = start + Number(column.total_compressed_size);
  let dictionary: Values | undefined;
  for (let at = start; at < end;) {
    const { header, bytes } = await readHeader(file, at, end);
    if (bytesOf(header) > mostBytes) throw new PageTooLarge();
    const page = await file.slice(at + bytes, at + bytes + header.compressed_page_size);
    at += bytes + header.compressed_page_size;
    if (header.type === "INDEX_PAGE") continue;
    const reader = { view: new DataView(page), offset: 0 };
    const { data } = readPage(reader, header, decoder, dictionary, undefined, 0);
    if (header.type === "DICTIONARY_PAGE") dictionary = data && convert(data, decoder);
    else yield* data ?? [];
  }
}

/** Unpacked, and at least as many as references to its values take: equal values may be packed in next to nothing. */
function bytesOf({ uncompressed_page_size, ...header }: PageHeader): number {
  const values = header.data_page_header ?? header.data_page_header_v2;
  return Math.max(uncompressed_page_size, REFERENCE_BYTES * (values?.num_values ?? 0));
}

const REFERENCE_BYTES = 8;

/** A page would take too much memory. */
export class PageTooLarge extends Error {
  override readonly name = "PageTooLarge";
}

function decoderOf(metadata: FileMetaData, column: ColumnMetaData) {
  const [name] = column.path_in_schema;
  const root = parquetSchema(metadata);
  const own = root.children.find(({ element }) => element.name === name);
  if (own === undefined) throw new Error(`column ${name} is not in its schema`);
  return {
    pathInSchema: column.path_in_schema,
    type: column.type,
    element: own.element,
    schemaPath: [root, own],
    codec: column.codec,
    parsers: DEFAULT_PARSERS,
    compressors,
    utf8: true,
  };
}

/** Some writers name a dictionary where there is none. */
function startOf({ dictionary_page_offset, data_page_offset }: ColumnMetaData): number {
  const offset = Number(dictionary_page_offset ?? 0);
  return offset > 0 && offset < Number(data_page_offset) ? offset : Number(data_page_offset);
}

/** Bytes in which a page's header is looked for: at first, and at most, as it may hold a least and a largest value. */
const HEADER_BYTES = [2 ** 13, 2 ** 17, 2 ** 24];

async function readHeader(file: AsyncBuffer, at: number, end: number) {
  for (const most of HEADER_BYTES) {
    const view = new DataView(await file.slice(at, Math.min(end, at + most)));
    const reader = { view, offset: 0 };
    try {
      const header: PageHeader = parquetHeader(reader);
      if (reader.offset <= view.byteLength)
        return { header: checked(header), bytes: reader.offset };
    } catch (error) {
      if (view.byteLength < most) throw error;
    }
  }
  throw new Error("a page's header is too long");
}

function checked(header: PageHeader): PageHeader {
  if (header.compressed_page_size >= 0 && header.uncompressed_page_size >= 0) return header;
  throw new Error("a page has no size");
}
