import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Failure } from "../exit";
import { chunksOf } from "./chunks";

/** A text to score. */
export interface InputText {
  /** Path as given, or `-`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a file, or a stream for `-`. Bytes that are not UTF-8 become U+FFFD; a byte order mark is left out, as editors do.
 * @param signal ends waiting for a stream, and the stream
 * @throws EngineError `Cancelled`, Failure where the text is longer than a string can be, or the file system's error
 */
export async function readInput(
  file: string,
  input: Readable,
  signal?: AbortSignal,
): Promise<InputText> {
  const bytes = file === "-" ? await readStream(input, signal) : await readFile(file);
  return { name: file, text: decode(bytes) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_STRING_TOO_LONG") throw error;
    const most = constants.MAX_STRING_LENGTH.toLocaleString("en-US");
    throw new Failure(`The text is too long: at most ${most} characters can be read. Split it.`);
  }
}

async function readStream(input: Readable, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(input, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
