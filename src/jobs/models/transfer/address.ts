import { visibleText } from "../../../analysis/presentation/format";
import { DownloadError } from "./downloadError";

/** @throws DownloadError where it is no address that is fetched from */
export function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isWeb(url))
    throw new DownloadError(
      "address",
      `${visibleText(url === null ? text.slice(0, LONGEST_SHOWN) : shownAddress(url))} is no address of a file: it has to begin with https:// or http://.`,
    );
  if (url.username !== "" || url.password !== "")
    throw new DownloadError(
      "address",
      `The address of ${shownAddress(url)} holds a name or a password, which others could read: remove it from the address, and give a token instead.`,
    );
  return url;
}

export function isWeb({ protocol }: URL): boolean {
  return protocol === "https:" || protocol === "http:";
}

/** An address for messages, without what may be secret: names, passwords and what stands behind a question mark. */
export function shownAddress({ protocol, host, pathname }: URL): string {
  const shown = visibleText(`${protocol}//${host}${pathname}`);
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

const LONGEST_SHOWN = 300;
