import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { chunksOf } from "./chunks";

/**
 * Reads a file, or a stream for `-`, as pieces of text. Bytes that are not UTF-8 become U+FFFD; a byte order mark is left
 * out, as editors do.
 * @param length least length of the next piece unless it is the last, UTF-16 units
 * @param onRead told of every chunk: its bytes, and the UTF-16 units that they are
 * @param signal ends waiting for a stream, and the stream
 * @throws EngineError `Cancelled`, or the file system's error
 */
export async function* readPieces(
  file: string,
  input: Readable,
  length: () => number,
  onRead: (bytes: number, units: number) => void,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let piece = "";
  for await (const bytes of chunksOf(file === "-" ? input : createReadStream(file), signal)) {
    const text = decoder.decode(bytes, { stream: true });
    onRead(bytes.length, text.length);
    piece += text;
    if (piece.length < length()) continue;
    yield piece;
    piece = "";
  }
  yield piece + decoder.decode();
}
