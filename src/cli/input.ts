import { readFile } from "node:fs/promises";

/** A text to score. */
export interface InputText {
  /** Path as given, or `-`. */
  readonly name: string;
  readonly text: string;
}

/** Reads a file, or a stream for `-`. Bytes that are no UTF-8 become U+FFFD; a byte order mark is left out, as editors do. */
export async function readInput(
  file: string,
  input: AsyncIterable<Uint8Array | string>,
): Promise<InputText> {
  const bytes = file === "-" ? await readStream(input) : await readFile(file);
  return { name: file, text: new TextDecoder().decode(bytes) };
}

async function readStream(input: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}
