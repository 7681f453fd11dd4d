import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CorpusDocument, CorpusSettings } from "../../src/jobs/corpora/corpus";
import { findCorpusFiles } from "../../src/jobs/corpora/findFiles";
import { readCorpus } from "../../src/jobs/corpora/readCorpus";
import { CorpusReport } from "../../src/jobs/corpora/report";

/** What a study asks for unless it says otherwise. */
export const CORPUS_DEFAULTS: CorpusSettings = {
  column: null,
  rendering: "auto",
  side: "chosen",
  part: "dialogue",
  lines: false,
  encoding: null,
  maxRecordBytes: 2 ** 24,
};

/** A new folder with these files, by path. */
export function corpusWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-corpora-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** What was read of a corpus: its documents up to an error, and the error. */
export interface Reading {
  readonly documents: readonly CorpusDocument[];
  readonly report: CorpusReport;
  /** null: there was none. */
  readonly error: Error | null;
}

export async function readAll(
  folder: string,
  settings: Partial<CorpusSettings> = {},
  paths: readonly string[] = ["."],
): Promise<Reading> {
  const report = new CorpusReport();
  const documents: CorpusDocument[] = [];
  const all = { ...CORPUS_DEFAULTS, ...settings };
  try {
    const files = await findCorpusFiles(paths, folder);
    for await (const one of readCorpus(files, all, report, new AbortController().signal)) {
      documents.push(one);
    }
    return { documents, report, error: null };
  } catch (error) {
    return { documents, report, error: error as Error };
  }
}

/** Reads one file that has this content. */
export function readOne(
  name: string,
  content: string | Uint8Array,
  settings: Partial<CorpusSettings> = {},
): Promise<Reading> {
  return readAll(corpusWith({ [name]: content }), settings);
}

export const textsOf = ({ documents }: Reading) => documents.map(({ text }) => text);

/** What packs a file, by the ending of its name. */
export const PACKINGS: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
  "": (bytes) => bytes,
  ".gz": (bytes) => gzipSync(bytes),
  ".zst": (bytes) => zstdFrame(bytes),
};

/** A Zstandard frame of blocks as they are (RFC 8878, 3.1.1). */
export function zstdFrame(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += ZSTD_BLOCK) {
    const block = bytes.subarray(at, at + ZSTD_BLOCK);
    blocks.push(blockHeader(block.length, 0, at + ZSTD_BLOCK >= bytes.length), Buffer.from(block));
  }
  return Buffer.concat([ZSTD_HEADER, ...blocks]);
}

/** A Zstandard frame that repeats a byte, in four bytes for 128 KiB. */
export function zstdRepeated(character: string, blocks: number): Buffer {
  const header = (i: number) => blockHeader(ZSTD_BLOCK, 1, i === blocks - 1);
  const all = Array.from({ length: blocks }, (_, i) => [header(i), Buffer.from(character)]);
  return Buffer.concat([ZSTD_HEADER, ...all.flat()]);
}

/** Most bytes of a block. */
export const ZSTD_BLOCK = 2 ** 17;

/** Neither size nor checksum; a window of 128 KiB. */
const ZSTD_HEADER = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]);

function blockHeader(size: number, type: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (isLast ? 1 : 0), 0, 3);
  return header;
}
