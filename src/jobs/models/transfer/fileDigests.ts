import type { FileHandle } from "node:fs/promises";
import { type WorkerThread, workerThread } from "../../workerThread";
import type { Algorithm, DigestCalls } from "./digestWorker";

export type DigestThread = WorkerThread<DigestCalls, string>["call"];

/** @param script the thread's file, `dist/digest.mjs` */
export function digestThread(script: URL): DigestThread {
  return workerThread<DigestCalls, string>(script, {
    toError: (words) => new Error(words),
    ended: () => new Error("The thread that computes digests has ended."),
  }).call;
}

/** Told how many bytes were read, and of how many. */
export type OnRead = (bytes: number, of: number) => void;

/** So much is read between two looks at whether it is still wanted. */
const STEP_BYTES = 64 * 2 ** 20;

let ids = 0;

/** Digests of a file that grows: another thread reads what has been written, while more is. */
export class FileDigests {
  private readonly id = ++ids;
  private size = 0;
  private done = 0;
  private reading: Promise<void> | null = null;
  private isEnded = false;

  constructor(
    private readonly thread: DigestThread,
    private readonly handle: FileHandle,
    private readonly algorithms: readonly Algorithm[],
  ) {}

  /** @param size bytes that are there to be read */
  grow(size: number): void {
    this.size = size;
    // What fails here fails once more for whoever waits for it.
    this.readOn().catch(() => undefined);
  }

  /** The file is empty, and begins anew. */
  async clear(): Promise<void> {
    this.size = 0;
    await this.reading?.catch(() => undefined);
    this.done = 0;
  }

  /**
   * Waits until all is read.
   * @returns hex
   * @throws the file system's error, or the signal's reason
   */
  async of(algorithm: Algorithm, onRead: OnRead, signal: AbortSignal): Promise<string> {
    // An empty file has to be begun as well.
    if (this.size === 0) await this.read(0);
    while (this.done < this.size) {
      signal.throwIfAborted();
      onRead(this.done, this.size);
      await this.readOn();
    }
    return this.thread("digest", { id: this.id, algorithm });
  }

  /** Before the file is closed. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.reading?.catch(() => undefined);
    await this.thread("forget", { id: this.id });
  }

  private readOn(): Promise<void> {
    if (this.reading !== null) return this.reading;
    if (this.done >= this.size || this.isEnded) return Promise.resolve();
    this.reading = this.read(Math.min(this.size, this.done + STEP_BYTES)).finally(() => {
      this.reading = null;
    });
    void this.reading.then(
      () => this.readOn().catch(() => undefined),
      () => undefined,
    );
    return this.reading;
  }

  private async read(endExclusive: number): Promise<void> {
    const { id, algorithms, done: start } = this;
    const descriptor = this.handle.fd;
    await this.thread("read", { id, descriptor, algorithms, start, endExclusive });
    this.done = endExclusive;
  }
}
