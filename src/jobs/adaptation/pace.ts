/** How fast training goes, measurements included: the last steps between two of them say so. */
export class TrainingPace {
  private readonly marks: { readonly step: number; readonly at: number }[] = [];

  /**
   * @param tokens that each step predicts, `[step - 1]`
   * @param interval steps between two measurements
   */
  constructor(
    private readonly tokens: readonly number[],
    private readonly interval: number,
  ) {}

  /** @param at when, ms */
  stepped(step: number, at: number): void {
    this.marks.push({ step, at });
    if (this.marks.length > this.interval + 1) this.marks.shift();
  }

  /** null: there is nothing yet to tell it from. */
  get tokensPerSecond(): number | null {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    return sum(this.tokens.slice(first.step, last.step)) / ((last.at - first.at) / 1000);
  }

  /** null: likewise. */
  get secondsLeft(): number | null {
    const rate = this.tokensPerSecond;
    const done = this.marks.at(-1)?.step ?? 0;
    return rate === null ? null : sum(this.tokens.slice(done)) / rate;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
