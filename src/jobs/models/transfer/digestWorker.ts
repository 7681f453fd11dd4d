/** The thread that computes digests of open files, from what the system has of them. */
import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import { answerThread, messageOf } from "../../answerThread";
import type { Digest } from "./transfer";

export type Algorithm = Digest["algorithm"];

interface DigestedFile {
  /** A number that nobody else uses. */
  readonly id: number;
}

interface ReadParams extends DigestedFile {
  readonly descriptor: number;
  readonly algorithms: readonly Algorithm[];
  /** First byte: where the last call has ended; 0: the digests begin anew. */
  readonly start: number;
  readonly endExclusive: number;
}

export type DigestCalls = typeof CALLS;

const digests = new Map<number, ReadonlyMap<Algorithm, Hash>>();
const buffer = Buffer.allocUnsafe(2 ** 20);

const CALLS = {
  /** Reads on. @throws the file system's error, or where the file ends too early */
  read({ id, descriptor, algorithms, start, endExclusive }: ReadParams): void {
    if (start === 0)
      digests.set(id, new Map(algorithms.map((algorithm) => [algorithm, createHash(algorithm)])));
    for (let at = start; at < endExclusive;) {
      const length = Math.min(buffer.length, endExclusive - at);
      const bytes = readSync(descriptor, buffer, 0, length, at);
      if (bytes === 0) throw new Error("The file was cut short by another program.");
      for (const hash of digests.get(id)!.values()) hash.update(buffer.subarray(0, bytes));
      at += bytes;
    }
  },

  /** Of all that was read, hex. */
  digest({ id, algorithm }: DigestedFile & { readonly algorithm: Algorithm }): string {
    return digests.get(id)!.get(algorithm)!.copy().digest("hex");
  },

  forget({ id }: DigestedFile): void {
    digests.delete(id);
  },
};

answerThread(CALLS, messageOf);
