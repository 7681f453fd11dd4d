import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Source, sourceText } from "../../formats/catalog/source";
import type { Verifier } from "../../protocol/modelFiles";
import { askModel, bytesOf } from "./askModel";
import { isGguf } from "./gguf";
import { keep, type ModelRecord, recordOf, removeKept } from "./kept";
import { filesOf, folderOf, type SourceFile, tokenFor } from "./sources";
import { DownloadError } from "./transfer/downloadError";
import { discard, sizeOf } from "./transfer/parts";
import type { Digest, Downloader, FetchedFile, TransferProgress } from "./transfer/transfer";
import { wholeModel } from "./walk";

/** A model to fetch, all its files. */
export interface WantedModel {
  readonly source: Source;
  /** What it is called once it is there. */
  readonly name: string;
  /** Of each of its files in order; null: nobody has named any. */
  readonly digests: readonly Digest[] | null;
}

/** Where models come from and go to. */
export interface Places {
  /** Of all kept models. */
  readonly folder: string;
  /** As of `hubOf`. */
  readonly hub: string;
  /** For the hub, and for no other host; null: none. */
  readonly token: string | null;
}

/** A model that is kept. */
export interface GotModel {
  /** Of its first file. */
  readonly path: string;
  readonly verifiedBy: Verifier | null;
}

/**
 * Fetches a model's files one after the other, goes on with what is there, and remembers where it came from.
 * @param onProgress of all its files together
 * @throws DownloadError, or the signal's reason: what was fetched stays for the next time
 */
export async function getModel(
  { source, name, digests }: WantedModel,
  { folder: all, hub, token: given }: Places,
  downloader: Downloader,
  onProgress: (now: TransferProgress) => void,
  signal: AbortSignal,
): Promise<GotModel> {
  const folder = folderOf(source, all);
  const files = filesOf(source, hub);
  const first = join(folder, files[0]!.fileName);
  const record = usable(await recordOf(first), source, digests);
  if (isComplete(record, files) && (await wholeModel(first)) !== null) {
    return { path: first, verifiedBy: record.verifiedBy };
  }
  const token = tokenFor(source, given);
  // The sizes of all its files; of a single file the transfer itself says it.
  const asked = files.length > 1 ? await askModel(source, { hub, token }, downloader, signal) : [];
  const fetched: FetchedFile[] = [];
  for (const [i, { url, fileName }] of files.entries()) {
    const digest = digests?.[i] ?? null;
    const tell = (now: TransferProgress) =>
      onProgress(files.length > 1 ? ofAll(now, fetched, bytesOf(asked)) : now);
    const wanted = { url, folder, fileName, bytes: null, digest, token };
    fetched.push(
      (await keptPart(join(folder, fileName), record, i)) ??
        (await downloader.fetch(wanted, tell, signal)),
    );
    if (i === 0) await checkGguf(first, url);
    // After each file, so that those of a split model are known the next time, whoever names their digests.
    await keep(first, {
      name,
      source: sourceText(source),
      sha256: fetched.map(({ sha256 }) => sha256),
      verifiedBy: verifierOf(fetched),
      fetched: Date.now(),
      lastUsed: null,
    });
  }
  return { path: first, verifiedBy: verifierOf(fetched) };
}

/** What is remembered, where it is of this source and has the digests that are wanted; null: nothing is, or of another file. */
function usable(
  record: ModelRecord | null,
  source: Source,
  digests: readonly Digest[] | null,
): ModelRecord | null {
  if (record?.source !== sourceText(source)) return null;
  const isOther = record.sha256.some((hex, i) => {
    const wanted = digests?.[i];
    return wanted?.algorithm === "sha256" && wanted.hex !== hex;
  });
  return isOther ? null : record;
}

/** Whether all of a model's files have been fetched. */
function isComplete(
  record: ModelRecord | null,
  files: readonly SourceFile[],
): record is ModelRecord {
  return record?.sha256.length === files.length;
}

/** A file of a split model that was fetched before; null: it was not, or somebody has deleted it. */
async function keptPart(
  path: string,
  record: ModelRecord | null,
  i: number,
): Promise<FetchedFile | null> {
  const sha256 = record?.sha256[i];
  if (!record || sha256 === undefined) return null;
  const bytes = await sizeOf(path);
  return bytes === null ? null : { path, bytes, sha256, verifiedBy: record.verifiedBy };
}

/** Deletes what was begun of a model; one that is whole stays. @throws DownloadError where somebody else fetches it */
export async function discardModel(source: Source, { folder: all, hub }: Places): Promise<void> {
  const folder = folderOf(source, all);
  const files = filesOf(source, hub);
  for (const { fileName } of files) await discard(folder, fileName);
  const first = join(folder, files[0]!.fileName);
  const record = await recordOf(first);
  if (record !== null && !isComplete(record, files)) await removeKept(first, all);
}

/** A file's progress as that of its model. */
function ofAll(
  now: TransferProgress,
  before: readonly FetchedFile[],
  total: number | null,
): TransferProgress {
  const bytes = before.reduce((sum, file) => sum + file.bytes, now.bytes);
  const { bytesPerSecond } = now;
  const secondsLeft =
    total === null || !bytesPerSecond || now.state !== "fetching"
      ? null
      : (total - bytes) / bytesPerSecond;
  return { ...now, bytes, total, secondsLeft };
}

/** A page that says "sign in" must not lie there as a model. */
async function checkGguf(path: string, url: string): Promise<void> {
  // What merely can't be read at the moment is not thrown away.
  if (await isGguf(path)) return;
  await rm(path, { force: true });
  const { host } = new URL(url);
  throw new DownloadError(
    "address",
    `What ${host} gave is no GGUF file, though its name says so. Open the address in a browser to see what it is.`,
  );
}

/** One whose files were verified by different parties counts as the hub's; one with a file that nobody has verified, as nobody's. */
function verifierOf(files: readonly FetchedFile[]): Verifier | null {
  const distinct = new Set(files.map(({ verifiedBy }) => verifiedBy));
  if (distinct.has(null)) return null;
  return distinct.size === 1 ? files[0]!.verifiedBy : "hub";
}
