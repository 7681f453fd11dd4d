/** What a file holds, and how it is packed. */
export interface FileKind {
  readonly format: "text" | "jsonl" | "json" | "csv" | "tsv" | "parquet";
  readonly compression: "gzip" | "zstd" | null;
}

/** What a file's name says of it; null: it is none that is read. */
export function kindOf(name: string): FileKind | null {
  const [, ending, packing = ""] = /\.([a-z]+?)(?:\.(gz|zst))?$/iu.exec(name) ?? [];
  const format = FORMATS[ending?.toLowerCase() ?? ""];
  return format === undefined
    ? null
    : { format, compression: COMPRESSIONS[packing.toLowerCase()] ?? null };
}

const FORMATS: Readonly<Record<string, FileKind["format"]>> = {
  txt: "text",
  text: "text",
  md: "text",
  markdown: "text",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  csv: "csv",
  tsv: "tsv",
  parquet: "parquet",
};

const COMPRESSIONS: Readonly<Record<string, FileKind["compression"]>> = { gz: "gzip", zst: "zstd" };

/** The kinds that are read, for messages. */
export const KNOWN_KINDS =
  "txt, md, jsonl, json, csv, tsv and parquet, also packed as .gz or .zst,";
