import { shownAddress } from "./address";
import { header } from "./answerFacts";
import { DownloadError, Interruption } from "./downloadError";
import type { Answer } from "./request";
import { retryAfter } from "./timing";

/** What an answer without a file means. */
export function statusFault(
  { url, status, headers }: Pick<Answer, "url" | "status" | "headers">,
  asked: { readonly url: URL; readonly token: string | null },
): DownloadError | Interruption {
  const address = shownAddress(asked.url);
  const { host } = url;
  // What the hub has redirected to is signed for a time; the next attempt gets it signed anew.
  if (url.origin !== asked.url.origin && status >= 400 && status < 500 && status !== 429)
    return new Interruption(
      "server",
      `${host}, where ${asked.url.host} keeps the file, did not give it (${status})`,
      "Try again later, or use another source.",
    );
  const code = HUB_CODES.find((known) => known === header(headers, "x-error-code"));
  switch (status) {
    case 401:
      return new DownloadError("unauthorized", unauthorized(address, host, asked.token !== null));
    case 403:
      return new DownloadError("forbidden", forbidden(address, host, asked.token, code));
    case 404:
    case 410:
      return new DownloadError("notFound", notFound(asked.url, code));
    case 407:
      return new DownloadError(
        "proxy",
        `The proxy before ${host} wants a name and a password: HTTPS_PROXY (HTTP_PROXY for http:) has to hold them before the program starts.`,
      );
    case 429:
      return new Interruption(
        "tooManyRequests",
        `${host} has had too many requests from here`,
        "Try again in some minutes; many hubs allow more with a token.",
        wait(headers),
      );
    case 408:
    case 425:
      return new Interruption("server", `${host} is busy (${status})`, LATER, wait(headers));
    default:
      return status >= 500
        ? new Interruption("server", `${host} is not working (${status})`, LATER, wait(headers))
        : new DownloadError(
            "server",
            `${host} answered with ${status} instead of the file: open ${address} in a browser to see why.`,
          );
  }
}

const LATER = "Try again later: what was fetched stays.";

/** What the hub says in `x-error-code`. */
const HUB_CODES = ["GatedRepo", "RepoNotFound", "RevisionNotFound", "EntryNotFound"] as const;
type HubCode = (typeof HUB_CODES)[number];

function unauthorized(address: string, host: string, hasToken: boolean): string {
  return hasToken
    ? `${host} does not accept the token for ${address} (401): it may be mistyped, expired or of another account. Make a token that may read on ${host}, and give that one.`
    : `${host} wants a token for ${address} (401): the model is open to those only who have accepted its terms, or there is no such repository. Look whether the address is right, accept the terms on the model's page, and give a token.`;
}

function forbidden(
  address: string,
  host: string,
  token: string | null,
  code: HubCode | undefined,
): string {
  if (code === "GatedRepo")
    return `Your account at ${host} may not read ${address} yet (403): open the model's page, accept its terms, wait until they are granted, and try again.`;
  return token === null
    ? `${host} does not give ${address} to everybody (403): accept the terms on the model's page, and give a token.`
    : `${host} does not give ${address} to the account of this token (403): accept the terms on the model's page, and see whether the token may read repositories.`;
}

function notFound(url: URL, code: HubCode | undefined): string {
  const address = shownAddress(url);
  if (code === "RevisionNotFound")
    return `There is no such revision (404): ${address}. Use main, or one that the repository's page lists.`;
  const repository = /^(\/[^/]+\/[^/]+)\/resolve\//u.exec(url.pathname)?.[1];
  if (repository === undefined)
    return `There is no such file (404): ${address}. Look at the address.`;
  const files = shownAddress(new URL(`${repository}/tree/main`, url));
  return `There is no such file (404): ${address}. Repositories rename their files: open ${files}, look for the .gguf of the same quantisation, and use its name.`;
}

function wait(headers: Answer["headers"]): { readonly waitSeconds?: number } {
  const seconds = retryAfter(header(headers, "retry-after"));
  return seconds === null ? {} : { waitSeconds: seconds };
}
