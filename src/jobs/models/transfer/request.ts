import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, request as send } from "undici";
import { isWeb, shownAddress } from "./address";
import { header, type LinkedFile, linkedFile } from "./answerFacts";
import { DownloadError } from "./downloadError";
import { networkFault } from "./networkFault";

export interface Asked {
  readonly url: URL;
  /** Goes to the origin of `url` and to no other; null: none. */
  readonly token: string | null;
  /** First byte; null: the whole file. */
  readonly from: number | null;
  /** Last byte; null: to the end. */
  readonly to: number | null;
  /** The bytes only of what has this etag, otherwise the whole file; null: whatever is there. */
  readonly ifRange: string | null;
}

export interface Answer {
  /** Who answers, after all redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Has to be read to its end, or dropped. */
  readonly body: Dispatcher.ResponseData["body"];
  readonly linked: LinkedFile;
}

const MOST_REDIRECTS = 10;

/**
 * One request, with redirects followed: each time from the user's address, as what it redirects to may be valid for
 * minutes only.
 * @param isEnough redirects are not followed once the hub has named this
 * @throws DownloadError, Interruption, or the signal's reason
 */
export async function request(
  asked: Asked,
  agent: Dispatcher,
  signal: AbortSignal,
  isEnough: (linked: LinkedFile) => boolean = () => false,
): Promise<Answer> {
  if (asked.token !== null && !TOKEN.test(asked.token)) throw notAToken();
  let url = asked.url;
  let linked: LinkedFile = { sha256: null, bytes: null };
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await once(url, asked, agent, signal);
    const named = linkedFile(answer.headers);
    linked = { sha256: linked.sha256 ?? named.sha256, bytes: linked.bytes ?? named.bytes };
    const isRedirect = REDIRECTS.has(answer.statusCode);
    if (!isRedirect || isEnough(linked)) {
      const { statusCode: status, headers, body } = answer;
      return { url, status, headers, body, linked };
    }
    dropBody(answer.body);
    url = redirectTarget(url, header(answer.headers, "location"), asked.url);
  }
  throw new DownloadError(
    "redirect",
    `${shownAddress(asked.url)} redirects more than ${MOST_REDIRECTS} times: open it in a browser, and use the address that the file really has.`,
  );
}

/** What a header can carry. */
const TOKEN = /^[\x21-\x7e]+$/u;

function notAToken(): DownloadError {
  return new DownloadError(
    "unauthorized",
    "The token holds blanks or characters that no token has: copy it again, alone.",
  );
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

async function once(url: URL, asked: Asked, agent: Dispatcher, signal: AbortSignal) {
  const { token, from, to, ifRange } = asked;
  const headers: Record<string, string> = {
    accept: "*/*",
    "accept-encoding": "identity",
    "user-agent": "twinlens",
  };
  if (from !== null) headers["range"] = `bytes=${from}-${to ?? ""}`;
  if (from !== null && ifRange !== null) headers["if-range"] = ifRange;
  if (token !== null && url.origin === asked.url.origin)
    headers["authorization"] = `Bearer ${token}`;
  try {
    return await send(url, { dispatcher: agent, headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw networkFault(error, url);
  }
}

function redirectTarget(from: URL, location: string | null, first: URL): URL {
  const target = location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
  if (target === null || !isWeb(target))
    throw new DownloadError(
      "redirect",
      `${shownAddress(from)} redirects to no address: open it in a browser, and use the address that the file really has.`,
    );
  if (first.protocol === "https:" && target.protocol !== "https:")
    throw new DownloadError(
      "redirect",
      `${shownAddress(from)} redirects to a connection that is not encrypted (${shownAddress(target)}), which is not followed: use another source.`,
    );
  return target;
}

/** Ends what still comes of an answer. */
export function dropBody(body: Answer["body"]): void {
  body.on("error", () => undefined).destroy();
}
