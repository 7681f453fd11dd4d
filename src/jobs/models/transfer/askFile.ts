import type { Dispatcher } from "undici";
import { parseAddress } from "./address";
import { contentLength, contentRange } from "./answerFacts";
import { DownloadError, Interruption } from "./downloadError";
import { dropBody, request } from "./request";
import { statusFault } from "./statusFault";
import type { RemoteFile } from "./transfer";

/**
 * What a hub says of a file. The first byte is asked for, as what a hub redirects to is signed for this way of asking alone;
 * where the redirect says everything it is not followed.
 * @throws DownloadError, or the signal's reason
 */
export async function askFile(
  address: string,
  token: string | null,
  agent: Dispatcher,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const asked = { url: parseAddress(address), token, from: 0, to: 0, ifRange: null };
  try {
    const answer = await request(
      asked,
      agent,
      signal,
      ({ sha256, bytes }) => sha256 !== null && bytes !== null,
    );
    dropBody(answer.body);
    const { status, headers, linked } = answer;
    // An empty file has no first byte.
    if (status >= 400 && status !== 416) throw statusFault(answer, asked);
    const whole = status === 200 ? contentLength(headers) : (contentRange(headers)?.total ?? null);
    return { bytes: linked.bytes ?? whole, sha256: linked.sha256 };
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    throw new DownloadError(error.kind, `${error.reason}. ${error.advice}`);
  }
}
