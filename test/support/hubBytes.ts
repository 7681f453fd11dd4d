import type { ServerResponse } from "node:http";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** How the bytes of an answer end, and how fast they come. */
export interface ByteLimits {
  readonly dropAfter: number;
  readonly stallAfter: number;
  readonly bytesPerSecond: number;
}

/** Sends bytes until they end, or until the connection does. */
export function hubBytes(bytes: Readable, response: ServerResponse, limits: ByteLimits): void {
  const isLimited = Object.values(limits).some((limit) => limit !== Infinity);
  const sending = isLimited
    ? pipeline(bytes, limited(response, limits), response)
    : pipeline(bytes, response);
  // Whoever fetches may hang up.
  sending.catch(() => undefined);
}

function limited(response: ServerResponse, limits: ByteLimits): Transform {
  const { dropAfter, stallAfter, bytesPerSecond } = limits;
  const began = performance.now();
  let sent = 0;
  const pass = async (chunk: Buffer): Promise<Buffer | null> => {
    const last = Math.min(dropAfter, stallAfter);
    const part = chunk.subarray(0, Math.max(0, last - sent));
    sent += part.length;
    const early = began + (1000 * sent) / bytesPerSecond - performance.now();
    if (early > 0) await sleep(early);
    return part;
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      void pass(chunk).then((part) => {
        if (sent >= dropAfter) {
          // What was written has to leave before the connection is cut.
          response.write(part, () => response.socket?.destroy());
        } else if (sent >= stallAfter) response.write(part);
        else done(null, part);
      });
    },
  });
}
