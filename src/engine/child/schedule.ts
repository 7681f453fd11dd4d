/**
 * Decides which calls run side by side: those of one queue never, those of several as far as the processor's threads
 * go. llama.cpp's threads wait for each other by spinning, so that more of them than processors lose more than they gain.
 */
export class Schedule {
  private free: number;
  private readonly waiting: { readonly threads: number; readonly start: () => void }[] = [];
  private readonly lastOf = new Map<string, Promise<unknown>>();

  constructor(private readonly threads: number) {
    this.free = threads;
  }

  /**
   * Runs `work` when everything that entered the same queue before has ended (null: at once) and `threads` threads are free (at most
   * all of them; Infinity: alone). First come, first served.
   */
  run<T>(queue: string | null, threads: number, work: () => Promise<T>): Promise<T> {
    const before = (queue !== null && this.lastOf.get(queue)) || Promise.resolve();
    const result = before.then(() => this.withThreads(Math.min(threads, this.threads), work));
    if (queue !== null) this.remember(queue, result);
    return result;
  }

  private remember(queue: string, result: Promise<unknown>): void {
    const forget = () => {
      if (this.lastOf.get(queue) === ended) this.lastOf.delete(queue);
    };
    const ended = result.then(forget, forget);
    this.lastOf.set(queue, ended);
  }

  /** Resolves when everything that has entered the queue has ended. */
  async ended(queue: string): Promise<void> {
    await this.lastOf.get(queue);
  }

  /** Called by long work that holds `threads`: lets waiting work go first. */
  async giveWay(threads: number): Promise<void> {
    if (this.waiting.length === 0) return;
    const held = Math.min(threads, this.threads);
    this.free += held;
    await this.acquire(held);
  }

  private async withThreads<T>(threads: number, work: () => Promise<T>): Promise<T> {
    await this.acquire(threads);
    try {
      return await work();
    } finally {
      this.free += threads;
      this.startNext();
    }
  }

  private acquire(threads: number): Promise<void> {
    return new Promise((start) => {
      this.waiting.push({ threads, start });
      this.startNext();
    });
  }

  private startNext(): void {
    while (this.waiting[0] && this.waiting[0].threads <= this.free) {
      const { threads, start } = this.waiting.shift()!;
      this.free -= threads;
      start();
    }
  }
}
