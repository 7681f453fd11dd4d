import { statfs } from "node:fs/promises";
import { formatBytes, visibleText } from "../../../analysis/presentation/format";
import { DownloadError } from "./downloadError";

/** The file system's error, explained; null: it is not one. */
export function diskFault(error: unknown, folder: string): DownloadError | null {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === undefined || syscall === undefined) return null;
  return new DownloadError("disk", explain(code, visibleText(folder)));
}

function explain(code: string, folder: string): string {
  switch (code) {
    case "ENOSPC":
      return `The disk of ${folder} is full (${code}). What was fetched stays: make room, and go on.`;
    case "EDQUOT":
      return `Your quota on the disk of ${folder} is used up (${code}). What was fetched stays: make room, and go on.`;
    case "EFBIG":
      return `The disk of ${folder} takes no file of this size (${code}); FAT32 ends at 4 GB. Choose a folder on another disk.`;
    case "EROFS":
      return `${folder} is on a disk that is read-only (${code}): choose another folder.`;
    case "EACCES":
    case "EPERM":
      return `Nothing may be written to ${folder} (${code}): change its permissions, or choose another folder.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${folder} is no folder (${code}): choose another one.`;
    case "ENOENT":
      return `${folder} is not there, and could not be made (${code}): is its disk there?`;
    default:
      return `${folder} could not be written to (${code}): look whether its disk is in order, or choose another folder.`;
  }
}

/**
 * @param bytes still to come
 * @throws DownloadError where the disk has no room for them
 */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  // Some network disks do not say how large they are.
  if (blocks === 0 || bavail * bsize >= bytes) return;
  throw new DownloadError(
    "disk",
    `The disk of ${visibleText(folder)} is too full: ${formatBytes(bytes)} are to come, and ${formatBytes(bavail * bsize)} are free. Make room, or choose a folder on another disk.`,
  );
}
