import { cancelled } from "../../engine/errors";

/**
 * Work that several callers wait for. Each leaves by its own signal; the work is cancelled when the last one has left.
 * @param P the progress that the work reports
 */
export class SharedWork<T, P> {
  private readonly controller = new AbortController();
  private readonly listeners = new Set<(progress: P) => void>();
  private readonly result: Promise<T>;
  private waiting = 0;
  /** No further caller may wait for it: it has ended, or all have left. */
  isOver = false;
  /** Resolves when the work has ended, however. */
  readonly ended: Promise<void>;

  constructor(start: (onProgress: (progress: P) => void, signal: AbortSignal) => Promise<T>) {
    const tell = (progress: P) => {
      for (const listener of this.listeners) listener(progress);
    };
    this.result = start(tell, this.controller.signal);
    const end = () => {
      this.isOver = true;
    };
    this.ended = this.result.then(end, end);
  }

  /** The result of the work. @throws EngineError `Cancelled` when `signal` is raised, or what the work fails with */
  async join(onProgress?: (progress: P) => void, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw cancelled();
    this.waiting++;
    if (onProgress) this.listeners.add(onProgress);
    let leave = () => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => void reject(cancelled());
      signal?.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      signal?.removeEventListener("abort", leave);
      if (onProgress) this.listeners.delete(onProgress);
      if (--this.waiting === 0) {
        this.isOver = true;
        this.controller.abort();
      }
    }
  }
}
