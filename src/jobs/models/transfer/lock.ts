import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { visibleText } from "../../../analysis/presentation/format";
import { isRunning } from "../../../engine/isRunning";
import { DownloadError } from "./downloadError";

/** The right to write a part. */
export interface Lock {
  /** Whether it is still ours: after a long sleep of this machine somebody else may have taken it. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const holderSchema = z.object({ pid: z.int().min(1), host: z.string(), id: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** null: somebody who does not say who; silent: nobody who has said anything of late. */
type Found = Holder | null | "silent";

/** A holder says so often that it lives, ms. */
const BEAT_MS = 5000;
/** After so long without a word it does not, ms: its process id may be another process's by now. */
const SILENT_MS = 30_000;

/**
 * One process writes a part, on whatever machine: a file says who. That of a process that has ended is taken over.
 * @throws DownloadError that says who holds it, or the file system's error
 */
export async function takeLock(
  path: string,
  fileName: string,
  doing: "fetched" | "written" = "fetched",
): Promise<Lock> {
  const own: Holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  for (;;) {
    if (await create(path, own)) return heldLock(path, own);
    const holder = await holderOf(path);
    if (holder === "gone") continue;
    if (holder !== "silent" && isAlive(holder)) throw locked(fileName, holder, own, doing);
    await removeDead(path, own);
  }
}

/** Removes the lock of a holder that has ended, but gives back one that somebody has taken in between. */
async function removeDead(path: string, own: Holder): Promise<void> {
  const removed = `${path}.${own.id}`;
  try {
    await rename(path, removed);
    const holder = await holderOf(removed);
    if (holder !== "gone" && isAlive(holder)) await link(removed, path);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await rm(removed, { force: true });
  }
}

/** Whether somebody writes the part at the moment, this process included. @throws the file system's error */
export async function isTaken(path: string): Promise<boolean> {
  const holder = await holderOf(path);
  return holder !== "gone" && isAlive(holder);
}

function heldLock(path: string, own: Holder): Lock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  const isHeld = async () => {
    const holder = await holderOf(path);
    return typeof holder === "object" && holder?.id === own.id;
  };
  return {
    isHeld,
    async release() {
      clearInterval(beat);
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

async function create(path: string, own: Holder): Promise<boolean> {
  try {
    const handle = await open(path, "wx", 0o600);
    await handle.writeFile(JSON.stringify(own)).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<Found | "gone"> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, "utf8");
    if (Date.now() - mtimeMs > SILENT_MS) return "silent";
    return parseHolder(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Other machines' processes live as long as they say so. */
function isAlive(holder: Found): boolean {
  if (holder === "silent") return false;
  return holder === null || holder.host !== hostname() || isRunning(holder.pid);
}

function locked(
  fileName: string,
  holder: Holder | null,
  own: Holder,
  doing: string,
): DownloadError {
  const name = visibleText(fileName);
  const host = visibleText(holder?.host.slice(0, 100) ?? "");
  const who =
    holder === null
      ? "another program"
      : holder.host !== own.host
        ? `process ${holder.pid} on ${host}`
        : holder.pid === own.pid
          ? "this program"
          : `another program (process ${holder.pid})`;
  return new DownloadError(
    "locked",
    `${name} is being ${doing} by ${who} already: wait until it is there, or stop it there first.`,
  );
}
