import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { AnswerFacts } from "./answerFacts";

/** What a part is a part of; lies beside it. */
export interface PartRecord extends AnswerFacts {
  readonly url: string;
}

const LARGEST_RECORD_BYTES = 65_536;

const schema: z.ZodType<PartRecord> = z.object({
  url: z.url({ protocol: /^https?$/u }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .nullable(),
  etag: z
    .string()
    .regex(/^"[\x21\x23-\x7e]{1,200}"$/u)
    .nullable(),
  total: z.int().min(0).nullable(),
});

/** null: what lies there is no record. @throws the file system's error, where there is none for instance */
export async function readRecord(path: string): Promise<PartRecord | null> {
  const bytes = await readFile(path);
  if (bytes.length > LARGEST_RECORD_BYTES) return null;
  try {
    return schema.safeParse(JSON.parse(bytes.toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** Only its owner may read it: an address may be a secret. */
export function writeRecord(path: string, { url, sha256, etag, total }: PartRecord): Promise<void> {
  return writeFile(path, JSON.stringify({ url, sha256, etag, total }), { mode: 0o600 });
}
