import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import { Failure } from "./exit";

/** A text to score. */
export interface InputText {
  /** Path as given, or `-`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a file, or a stream for `-`. Bytes that are no UTF-8 become U+FFFD; a byte order mark is left out, as editors do.
 * @throws Failure where the text is longer than a string can be, or what the file system has against reading it
 */
export async function readInput(
  file: string,
  input: AsyncIterable<Uint8Array | string>,
): Promise<InputText> {
  const bytes = file === "-" ? await readStream(input) : await readFile(file);
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

async function readStream(input: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}
