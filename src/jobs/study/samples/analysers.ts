import type { RunAnalyser } from "../../runs/workerClient";

/** Threads that align samples, of which each does one thing at a time. */
export class Analysers {
  private readonly free: RunAnalyser[] = [];
  private readonly all: RunAnalyser[] = [];
  private readonly waiting: ((analyser: RunAnalyser) => void)[] = [];

  /**
   * @param start starts one
   * @param most threads
   */
  constructor(
    private readonly start: () => RunAnalyser,
    private readonly most: number,
  ) {}

  /** Does a piece of work on a thread of its own, once one is free. */
  async run<T>(work: (analyser: RunAnalyser) => Promise<T>): Promise<T> {
    const analyser = await this.take();
    try {
      return await work(analyser);
    } finally {
      const next = this.waiting.shift();
      if (next) next(analyser);
      else this.free.push(analyser);
    }
  }

  /** Ends the threads that have nothing to do, for the memory that they hold; others are started when they are needed. */
  async rest(): Promise<void> {
    const resting = this.free.splice(0);
    for (const analyser of resting) this.all.splice(this.all.indexOf(analyser), 1);
    await Promise.all(resting.map((analyser) => analyser.dispose()));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.all.map((analyser) => analyser.dispose()));
  }

  private take(): Promise<RunAnalyser> | RunAnalyser {
    const free = this.free.pop();
    if (free) return free;
    if (this.all.length === this.most) return new Promise((take) => this.waiting.push(take));
    const started = this.start();
    this.all.push(started);
    return started;
  }
}
