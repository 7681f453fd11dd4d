/** A file system of a megabyte, which one process and its children see under a folder's name (Linux). */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Everything written there is in memory, and ends with the process. */
export interface SmallDisk {
  /** The folder as the process sees it. */
  readonly folder: string;
  /** A program that stands for Node and runs it with the disk. */
  readonly node: string;
  /** The folder as others see it. */
  readonly seenFrom: (pid: number) => string;
  readonly remove: () => void;
}

const MOUNT = 'mount -t tmpfs -o size=1m twinlens "$0" && exec "$@"';

/** Whether this system lets a user mount a private file system. */
export function hasSmallDisks(): boolean {
  const disk = smallDisk();
  const { status } = spawnSync(disk.node, ["--version"]);
  disk.remove();
  return status === 0;
}

export function smallDisk(): SmallDisk {
  const home = mkdtempSync(join(tmpdir(), "twinlens-disk-"));
  const folder = join(home, "disk");
  const node = join(home, "node");
  mkdirSync(folder);
  const command = `exec unshare --map-root-user --mount sh -c '${MOUNT}' '${folder}' '${process.execPath}' "$@"`;
  writeFileSync(node, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return {
    folder,
    node,
    seenFrom: (pid) => `/proc/${pid}/root${folder}`,
    remove: () => rmSync(home, { recursive: true }),
  };
}

/** Fills the disk under `folder` to its last byte; removing the file makes room again. */
export function fillDisk(folder: string): string {
  const filler = join(folder, "filler");
  try {
    writeFileSync(filler, Buffer.alloc(2 ** 20 + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return filler;
    throw error;
  }
  throw new Error("The disk is larger than it should be.");
}
