/**
 * Decides which work runs side by side: that of one queue never, that of several as far as the processor's threads
 * go. llama.cpp's threads wait for each other by spinning, so that more of them than processors lose more than they gain.
 */
export class Schedule {
  private free: number;
  private readonly waiting: { readonly threads: number; readonly start: () => void }[] = [];
  private readonly lastOf = new Map<string, Promise<unknown>>();

  constructor(private readonly threads: number) {
    this.free = threads;
  }

  /** Runs `work` when everything that entered one of these queues before has ended. */
  inQueues<T>(queues: readonly string[], work: () => Promise<T>): Promise<T> {
    // Without one at all, what needs no queue would overtake the others.
    const none = Promise.resolve();
    const before = queues.map((queue) => this.lastOf.get(queue) ?? none);
    const result = Promise.all([none, ...before]).then(work);
    for (const queue of queues) this.remember(queue, result);
    return result;
  }

  /** Runs `work` when `threads` threads are free (at most all of them; Infinity: alone; 0: at once). First come, first served. */
  async withThreads<T>(threads: number, work: () => Promise<T>): Promise<T> {
    const held = Math.min(threads, this.threads);
    await this.acquire(held);
    try {
      return await work();
    } finally {
      this.free += held;
      this.startNext();
    }
  }

  /** Called by long work that holds `threads`: lets waiting work go first. */
  async giveWay(threads: number): Promise<void> {
    if (this.waiting.length === 0) return;
    const held = Math.min(threads, this.threads);
    this.free += held;
    await this.acquire(held);
  }

  private remember(queue: string, result: Promise<unknown>): void {
    const forget = () => {
      if (this.lastOf.get(queue) === ended) this.lastOf.delete(queue);
    };
    const ended = result.then(forget, forget);
    this.lastOf.set(queue, ended);
  }

  private acquire(threads: number): Promise<void> {
    if (threads === 0) return Promise.resolve();
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
