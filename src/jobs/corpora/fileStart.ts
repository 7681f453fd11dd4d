import { CorpusError } from "./faults";
import type { CorpusFile } from "./findFiles";
import { MAGIC as ZSTD } from "./zstd";

/** Bytes of a file's start that {@link checkStart} looks at. */
export const START_BYTES = 32;

/** Bytes with which files begin, as Latin-1. */
const MAGICS = {
  gzip: "\x1f\x8b",
  zstd: ZSTD,
  parquet: "PAR1",
  pointer: "version https://git-lfs",
};

/** With which, behind a byte, a frame of Zstandard begins that is to be skipped. */
const SKIPPED = "\x2a\x4d\x18";

const NAMES = { gzip: "gzip", zstd: "Zstandard", parquet: "Parquet" };

/**
 * Holds a file's first bytes against its name.
 * @param bytes at least {@link START_BYTES}, or all there are
 * @throws CorpusError where the file is of another kind
 */
export function checkStart(
  { name, format, compression }: Pick<CorpusFile, "name" | "format" | "compression">,
  bytes: Uint8Array,
): void {
  const start = Buffer.from(bytes.subarray(0, START_BYTES)).toString("latin1");
  const begins = (kind: keyof typeof MAGICS) => start.startsWith(MAGICS[kind]);
  if (begins("pointer")) {
    throw new CorpusError(
      `${name} is not the file but Git LFS's pointer to it: \`git lfs pull\` gets the file.`,
    );
  }
  const named = compression ?? (format === "parquet" ? format : null);
  const found = (["gzip", "zstd", "parquet"] as const).find(begins) ?? null;
  if (found === named || (named === "zstd" && start.slice(1, 4) === SKIPPED)) return;
  const is = found === null ? `no ${NAMES[named!]} file` : `a ${NAMES[found]} file`;
  throw new CorpusError(`${name} is ${is}, whatever its name says. Rename it, or get it again.`);
}
