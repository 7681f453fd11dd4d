/** How far work of several steps is, each taken to be as long as the others. */
export class Steps {
  private done = 0;

  /** @param onProgress gets 0 .. 1 */
  constructor(
    private readonly count: number,
    private readonly onProgress: (fraction: number) => void,
  ) {}

  /** @param fraction of the step that is at work */
  within(fraction: number): void {
    this.onProgress(Math.min(1, (this.done + fraction) / this.count));
  }

  next(): void {
    this.done += 1;
    this.within(0);
  }
}
