/**
 * Decides which calls run side by side: those of one model never, those of several as far as the processor's threads
 * go. llama.cpp's threads wait for each other by spinning, so that more of them than processors lose more than they gain.
 */
export class Schedule {
  private free: number;
  private readonly waiting: { readonly threads: number; readonly start: () => void }[] = [];
  private readonly lastOf = new Map<number, Promise<unknown>>();

  constructor(private readonly threads: number) {
    this.free = threads;
  }

  /**
   * Runs `work` when everything asked for earlier of the same model has ended and `threads` threads are free (at most
   * all of them; Infinity: alone). First come, first served.
   */
  run<T>(model: number | null, threads: number, work: () => Promise<T>): Promise<T> {
    const before = (model !== null && this.lastOf.get(model)) || Promise.resolve();
    const result = before.then(() => this.withThreads(Math.min(threads, this.threads), work));
    if (model !== null) this.remember(model, result);
    return result;
  }

  private remember(model: number, result: Promise<unknown>): void {
    const forget = () => {
      if (this.lastOf.get(model) === ended) this.lastOf.delete(model);
    };
    const ended = result.then(forget, forget);
    this.lastOf.set(model, ended);
  }

  private async withThreads<T>(threads: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.waiting.push({ threads, start });
      this.startNext();
    });
    try {
      return await work();
    } finally {
      this.free += threads;
      this.startNext();
    }
  }

  private startNext(): void {
    while (this.waiting[0] && this.waiting[0].threads <= this.free) {
      const { threads, start } = this.waiting.shift()!;
      this.free -= threads;
      start();
    }
  }
}
