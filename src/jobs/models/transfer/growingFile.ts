import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Algorithm } from "./digestWorker";
import { type DigestThread, FileDigests, type OnRead } from "./fileDigests";

/** So much is written at a time, while more comes in. */
const BATCH_BYTES = 2 ** 20;
/** Of what comes slowly less is written, so that a crash loses no more than this, ms. */
const BATCH_MS = 250;
/** After so many bytes the disk is made to take what it has been given, so that little is left for the end. */
const SYNC_BYTES = 64 * 2 ** 20;

/**
 * A file that grows at its end, with the digest of all that it holds, whoever wrote it. At any moment the file on disk is a
 * beginning of what was appended.
 */
export class GrowingFile {
  private batch: Buffer[] = [];
  private batchBytes = 0;
  private batchBegan = 0;
  private written: number;
  private writing: Promise<void> = Promise.resolve();
  private synced: number;
  private syncing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly handle: FileHandle,
    private readonly digests: FileDigests,
    private size: number,
  ) {
    this.written = this.synced = size;
    digests.grow(size);
  }

  /** Goes on with what is there. @throws the file system's error */
  static async open(
    path: string,
    algorithms: readonly Algorithm[],
    thread: DigestThread,
  ): Promise<GrowingFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    const { size } = await handle.stat();
    return new GrowingFile(handle, new FileDigests(thread, handle, algorithms), size);
  }

  /** Bytes that were appended, whether or not they are on disk yet. */
  get bytes(): number {
    return this.size;
  }

  /** @throws the file system's error, of earlier bytes */
  async append(chunk: Buffer): Promise<void> {
    this.size += chunk.length;
    const now = performance.now();
    if (this.batch.length === 0) this.batchBegan = now;
    this.batch.push(chunk);
    this.batchBytes += chunk.length;
    if (this.batchBytes < BATCH_BYTES && now - this.batchBegan < BATCH_MS) return;
    await this.writing;
    this.write();
  }

  /** Hands what was appended to the system, which keeps it even if this process is killed. */
  async flush(): Promise<void> {
    await this.writing;
    this.write();
    await this.writing;
  }

  /** Begins anew, with nothing. */
  async clear(): Promise<void> {
    await this.flush();
    await this.digests.clear();
    await this.handle.truncate(0);
    this.size = this.written = this.synced = 0;
  }

  /** Brings everything to the disk itself. */
  async sync(): Promise<void> {
    await this.flush();
    await this.handle.sync();
  }

  /**
   * Of what is on disk, hex; it was computed while the file grew, but for its end.
   * @throws the file system's error, or the signal's reason
   */
  digest(algorithm: Algorithm, onRead: OnRead, signal: AbortSignal): Promise<string> {
    return this.digests.of(algorithm, onRead, signal);
  }

  async close(): Promise<void> {
    await this.digests.end();
    await this.syncing;
    await this.handle.close();
  }

  private write(): void {
    const chunks = this.batch;
    const at = this.written;
    this.written += this.batchBytes;
    this.batch = [];
    this.batchBytes = 0;
    const end = this.written;
    this.writing = writeAll(this.handle, chunks, at).then(() => {
      this.digests.grow(end);
      if (end - this.synced >= SYNC_BYTES) this.syncBehind(end);
    });
    // Whoever waits for it next hears of a failure.
    this.writing.catch(() => undefined);
  }

  /** Beside what is written next; a failure is met again at the end. */
  private syncBehind(end: number): void {
    this.synced = end;
    const before = this.syncing;
    this.syncing = before.then(() => this.handle.datasync()).catch(() => undefined);
  }
}

/** A system may write less than it was given, a full disk for instance. */
async function writeAll(handle: FileHandle, chunks: readonly Buffer[], at: number): Promise<void> {
  let rest = chunks;
  let position = at;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, position);
    position += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
}

function withoutFirst(chunks: readonly Buffer[], bytes: number): readonly Buffer[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const taken = Math.min(left, chunk.length);
    left -= taken;
    return taken < chunk.length ? [chunk.subarray(taken)] : [];
  });
}
