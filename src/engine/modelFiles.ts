import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";

/** All files of a model, given its first one: `name-00001-of-00003.gguf` has two more. */
export function modelFiles(path: string): string[] {
  const split = /^(.*-)00001(-of-(\d{5})\.gguf)$/.exec(path);
  if (!split) return [path];
  const [, prefix, suffix, count] = split;
  return Array.from(
    { length: Number(count) },
    (_, i) => prefix! + String(i + 1).padStart(5, "0") + suffix!,
  );
}

/** Size of all files of a model, given its first one, bytes. @throws Error when one of them is missing */
export function modelBytes(path: string): number {
  return modelFiles(path).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** SHA-256 in hex over a model's files in order. Reads them whole. */
export async function modelDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of modelFiles(path)) {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
    }
  }
  return hash.digest("hex");
}
