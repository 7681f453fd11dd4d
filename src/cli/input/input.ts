import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { decodeFile, type EncodingFault, faultText } from "../../jobs/files/fileDecoder";
import { Failure } from "../exit";
import { chunksOf } from "./chunks";

/** A text that was read. */
export interface InputText {
  /** Path as given, or `-`. */
  readonly name: string;
  readonly text: string;
}

/** How a file's bytes become text. */
export interface Decoding {
  /** A label of the Encoding Standard; null: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding: string | null;
  /** Told of bytes that the encoding does not know. */
  readonly warn: (message: string) => void;
}

/**
 * Reads a file, or a stream for `-`. Bytes that its encoding does not know become U+FFFD, and are warned of.
 * @param signal ends waiting for a stream, and the stream
 * @throws EngineError `Cancelled`, Failure where the text is longer than a string can be, or the file system's error
 */
export async function readInput(
  file: string,
  input: Readable,
  { encoding, warn }: Decoding,
  signal?: AbortSignal,
): Promise<InputText> {
  const bytes = file === "-" ? await readStream(input, signal) : await readFile(file);
  const { text, fault } = decode(bytes, encoding);
  if (fault) warn(encodingWarning(file, fault));
  return { name: file, text };
}

/** What the command line says of bytes that an encoding does not know. */
export function encodingWarning(file: string, fault: EncodingFault): string {
  return `${faultText(file, fault)} --encoding names another encoding, such as windows-1252.`;
}

function decode(bytes: Uint8Array, encoding: string | null) {
  try {
    return decodeFile(bytes, encoding);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const most = constants.MAX_STRING_LENGTH.toLocaleString("en-US");
    throw new Failure(`The text is too long: at most ${most} characters can be read. Split it.`);
  }
}

async function readStream(input: Readable, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(input, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
