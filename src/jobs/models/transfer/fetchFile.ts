import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { visibleText } from "../../../analysis/presentation/format";
import { parseAddress } from "./address";
import type { Means } from "./agent";
import { askFile } from "./askFile";
import type { Part } from "./attempt";
import { diskFault } from "./diskFault";
import { DownloadError } from "./downloadError";
import { FileDigests } from "./fileDigests";
import { GrowingFile } from "./growingFile";
import { type Lock, takeLock } from "./lock";
import { type PartPaths, partPaths, recordAt, removePart, sizeOf } from "./parts";
import { ProgressTeller } from "./progress";
import type { FetchedFile, TransferProgress, WantedFile } from "./transfer";
import { fetchWhole } from "./tries";
import { algorithmsFor, expectedDigest, otherOnDisk, unknownOnDisk, wrongDigest } from "./verify";

/** One transfer. */
interface Job {
  readonly wanted: WantedFile;
  readonly url: URL;
  readonly paths: PartPaths;
  readonly progress: ProgressTeller;
  readonly means: Means;
}

/**
 * Fetches a file, or goes on with what an earlier attempt has left. It gets its name once it is whole, and what it has to be.
 * @throws DownloadError, or the signal's reason
 */
export async function fetchFile(
  wanted: WantedFile,
  onProgress: (now: TransferProgress) => void,
  means: Means,
): Promise<FetchedFile> {
  const paths = partPaths(wanted.folder, checkedName(wanted.fileName));
  const progress = new ProgressTeller(onProgress);
  const job = { wanted, url: parseAddress(wanted.url), paths, progress, means };
  try {
    await makeFolder(wanted.folder);
    return (await alreadyThere(job)) ?? (await withLock(job));
  } catch (error) {
    throw diskFault(error, wanted.folder) ?? error;
  }
}

async function withLock(job: Job): Promise<FetchedFile> {
  const lock = await takeLock(job.paths.lock, job.wanted.fileName);
  try {
    // Whoever had the lock before may just have ended it.
    return (await alreadyThere(job)) ?? (await fetchPart(job, lock));
  } finally {
    await lock.release();
  }
}

/**
 * The file that has the name already, where it is the one that is wanted; null: there is none.
 * @throws DownloadError where it is another one
 */
async function alreadyThere({ wanted, paths, progress, means }: Job): Promise<FetchedFile | null> {
  const { digest, url, token } = wanted;
  if ((await sizeOf(paths.final)) === null) return null;
  const { agent, digests, signal } = means;
  const hub = digest === null ? await askFile(url, token, agent, signal) : null;
  const expected = expectedDigest(digest, hub?.sha256 ?? null);
  if (expected === null) throw unknownOnDisk(paths.final);
  const handle = await open(paths.final, "r");
  const file = new FileDigests(digests, handle, algorithmsFor(digest));
  try {
    const { size: bytes } = await handle.stat();
    file.grow(bytes);
    const onRead = (read: number, of: number) => progress.verifying(read, of);
    const has = await file.of(expected.algorithm, onRead, signal);
    if (has !== expected.hex) throw otherOnDisk(paths.final, expected, has);
    const sha256 = await file.of("sha256", onRead, signal);
    return { path: paths.final, bytes, sha256, verifiedBy: expected.by };
  } finally {
    await file.end();
    await handle.close();
  }
}

async function fetchPart(job: Job, lock: Lock): Promise<FetchedFile> {
  const { wanted, url, paths, progress, means } = job;
  const record = await recordAt(paths);
  const size = await sizeOf(paths.part);
  if (record === undefined && size !== null && size > 0) throw strangePart(paths.part);
  const file = await GrowingFile.open(paths.part, algorithmsFor(wanted.digest), means.digests);
  const part: Part = { wanted, url, paths, file, record: record ?? null };
  try {
    await fetchWhole(part, progress, means);
    progress.verifying(file.bytes, file.bytes);
    await file.sync();
    await checkHeld(lock, wanted);
    const fetched = await verified(job, part);
    await file.close();
    await nameFile(job, lock);
    return fetched;
  } finally {
    await file.close();
    if (file.bytes === 0) await removePart(paths);
  }
}

/** @throws DownloadError where it is not what it has to be: it is deleted then */
async function verified({ progress, means }: Job, part: Part): Promise<FetchedFile> {
  const { wanted, paths, file, record } = part;
  const { signal } = means;
  const onRead = (read: number, of: number) => progress.verifying(read, of);
  const sha256 = await file.digest("sha256", onRead, signal);
  const expected = expectedDigest(wanted.digest, record?.sha256 ?? null);
  const has = expected && (await file.digest(expected.algorithm, onRead, signal));
  if (expected !== null && has !== null && has !== expected.hex) {
    await removePart(paths);
    throw wrongDigest(wanted.fileName, expected, has);
  }
  return { path: paths.final, bytes: file.bytes, sha256, verifiedBy: expected?.by ?? null };
}

async function nameFile({ wanted, paths }: Job, lock: Lock): Promise<void> {
  await checkHeld(lock, wanted);
  if ((await sizeOf(paths.final)) !== null) throw unknownOnDisk(paths.final);
  await rename(paths.part, paths.final);
  await syncFolder(wanted.folder);
  await rm(paths.record, { force: true });
}

/** So that the name outlives a power failure; Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file is there; only the moment at which its name reaches the disk is the system's choice.
  }
}

/** Node hides why a folder could not be made with those above it. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(() => mkdir(folder));
}

/** A name alone, which every file system takes. */
function checkedName(name: string): string {
  const isName = name === basename(name) && /^[^\p{Cc}<>:"/\\|?*]{1,200}$/u.test(name);
  if (isName && !/^\.{1,2}$/u.test(name)) return name;
  throw new DownloadError(
    "address",
    `“${visibleText(name.slice(0, 200))}” is no name that a file can have everywhere: give another one.`,
  );
}

function strangePart(path: string): DownloadError {
  return new DownloadError(
    "exists",
    `${visibleText(path)} is there already, and was not begun by Twinlens. Nothing was overwritten: move it away or delete it, and try again.`,
  );
}

/** @throws DownloadError where another program has taken the lock, after a long sleep of this machine for instance */
async function checkHeld(lock: Lock, { fileName }: WantedFile): Promise<void> {
  if (await lock.isHeld()) return;
  throw new DownloadError(
    "locked",
    `Another program has begun to fetch ${visibleText(fileName)} meanwhile: wait until it is there.`,
  );
}
