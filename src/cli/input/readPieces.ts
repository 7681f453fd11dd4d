import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { FileDecoder } from "../../jobs/files/fileDecoder";
import { chunksOf } from "./chunks";

/**
 * Reads a file, or a stream for `-`, as pieces of text.
 * @param decoder has the fault of the file, if there is one, when all of it was read
 * @param length least length of the next piece unless it is the last, UTF-16 units
 * @param onRead told of every chunk: its bytes, and the UTF-16 units that they are
 * @param signal ends waiting for a stream, and the stream
 * @throws EngineError `Cancelled`, or the file system's error
 */
export async function* readPieces(
  file: string,
  input: Readable,
  decoder: FileDecoder,
  length: () => number,
  onRead: (bytes: number, units: number) => void,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let piece = "";
  for await (const bytes of chunksOf(file === "-" ? input : createReadStream(file), signal)) {
    const text = decoder.decode(bytes);
    onRead(bytes.length, text.length);
    piece += text;
    if (piece.length < length()) continue;
    yield piece;
    piece = "";
  }
  yield piece + decoder.end();
}
