import type { Readable } from "node:stream";
import { addAbortSignal } from "node:stream";
import { cancelled } from "../../engine/errors";

/**
 * The bytes of a stream as they come.
 * @param signal ends waiting for the stream, and the stream
 * @throws EngineError `Cancelled`, or the stream's error
 */
export async function* chunksOf(
  stream: Readable,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    if (signal) addAbortSignal(signal, stream);
    for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    throw signal?.aborted ? cancelled() : error;
  }
}
