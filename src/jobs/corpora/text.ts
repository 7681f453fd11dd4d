import { FileDecoder, faultText } from "../files/fileDecoder";
import { readBytes } from "./bytes";
import { CorpusError } from "./faults";
import type { CorpusFile } from "./findFiles";

/** How a file's bytes become text. */
export interface Decoding {
  /** See `CorpusSettings`. */
  readonly encoding: string | null;
  /** Told of bytes that the encoding does not know, when the file was read to its end. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** The text of a file in pieces, without byte order marks. @throws CorpusError where it is none, or as {@link readBytes} */
export async function* readText(
  file: CorpusFile,
  { encoding, warn, signal }: Decoding,
): AsyncGenerator<string> {
  const decoder = new FileDecoder(encoding);
  let isFirst = true;
  const check = (piece: string) => {
    if (piece === "" || !isFirst) return piece;
    isFirst = false;
    if (!looksLikeText(piece)) throw noText(file.name, piece.includes("\0"));
    return piece.replace(/^\uFEFF+/u, "");
  };
  for await (const bytes of readBytes(file, signal)) yield check(decoder.decode(bytes));
  yield check(decoder.end());
  if (decoder.fault) warn(faultText(file.name, decoder.fault));
}

/** Share of characters that mean nothing, from which on bytes are no text in any encoding that is supposed. */
const MOST_STRANGE = 0.1;

function looksLikeText(piece: string): boolean {
  if (piece.includes("\0")) return false;
  // eslint-disable-next-line no-control-regex -- what no text has
  const strange = piece.match(/[\x01-\x07\x0e-\x1a\x1c-\x1f\x7f\uFFFD]/gu)?.length ?? 0;
  return strange <= piece.length * MOST_STRANGE;
}

function noText(name: string, hasNul: boolean): CorpusError {
  const wide = hasNul
    ? ", or UTF-16 without a byte order mark (then name its encoding, such as utf-16le)"
    : "";
  return new CorpusError(`${name} is not text: its bytes are binary${wide}.`);
}
