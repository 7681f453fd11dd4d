import type { Source } from "../../formats/catalog/source";
import { filesOf, tokenFor } from "./sources";
import type { Downloader, RemoteFile } from "./transfer/transfer";

/**
 * What a hub says of a model's files, in order, before any is fetched.
 * @param token goes to the hub alone; null: none
 * @throws DownloadError
 */
export function askModel(
  source: Source,
  { hub, token }: { readonly hub: string; readonly token: string | null },
  downloader: Downloader,
  signal: AbortSignal,
): Promise<RemoteFile[]> {
  const allowed = tokenFor(source, token);
  return Promise.all(filesOf(source, hub).map(({ url }) => downloader.ask(url, allowed, signal)));
}

/** Bytes of all files; null: the hub does not say how many one of them has. */
export function bytesOf(files: readonly Pick<RemoteFile, "bytes">[]): number | null {
  const sum = files.reduce((total, { bytes }) => total + (bytes ?? NaN), 0);
  return Number.isNaN(sum) ? null : sum;
}
