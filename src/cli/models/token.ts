import type { Readable } from "node:stream";
import { UsageError } from "../exit";
import { chunksOf } from "../input/chunks";

/** A token is shorter. */
const LONGEST = 1000;

/**
 * The token for the hub: of standard input, else of HF_TOKEN; null: there is none.
 * @throws UsageError where it is none; what it is instead is not repeated
 */
export async function readToken(
  onInput: boolean,
  input: Readable,
  { HF_TOKEN }: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | null> {
  const text = onInput ? await firstLine(input, signal) : (HF_TOKEN ?? "").trim();
  if (text === "" && !onInput) return null;
  if (/^[\x21-\x7e]+$/u.test(text) && text.length <= LONGEST) return text;
  const where = onInput ? "Standard input" : "HF_TOKEN";
  throw new UsageError(`${where} holds no token: it is one word of letters and digits.`);
}

async function firstLine(input: Readable, signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const chunk of chunksOf(input, signal)) {
    text += Buffer.from(chunk).toString("latin1");
    if (text.includes("\n") || text.length > 2 * LONGEST) break;
  }
  return (text.split("\n")[0] ?? "").trim();
}
