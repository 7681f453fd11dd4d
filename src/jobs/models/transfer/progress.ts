import type { TransferProgress } from "./transfer";

/** No more often than people can follow, ms. */
const TELL_MS = 250;
/** What the speed is the mean of, ms. */
const SPAN_MS = 5000;
/** Before that a speed says nothing, ms. */
const SHORTEST_SPAN_MS = 500;

/** Tells how a transfer gets on, about four times a second. */
export class ProgressTeller {
  private told = -Infinity;
  private state: TransferProgress["state"] | null = null;
  private samples: { readonly time: number; readonly bytes: number }[] = [];

  constructor(
    private readonly tell: (now: TransferProgress) => void,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @param bytes on disk and on their way there */
  fetching(bytes: number, total: number | null): void {
    const time = this.clock();
    if (this.isTooSoon("fetching")) return;
    this.samples = this.samples.filter((sample) => sample.time >= time - SPAN_MS);
    this.samples.push({ time, bytes });
    const rate = this.rate();
    const secondsLeft = rate === null || total === null ? null : (total - bytes) / rate;
    this.send({ state: "fetching", bytes, total, bytesPerSecond: rate, secondsLeft });
  }

  /** What lies on disk is read. */
  verifying(bytes: number, total: number): void {
    if (this.isTooSoon("verifying")) return;
    this.send({ state: "verifying", bytes, total, bytesPerSecond: null, secondsLeft: null });
  }

  /** For the next attempt; the speed before says nothing of that after. */
  waiting(bytes: number, total: number | null, message: string): void {
    this.samples = [];
    this.state = "waiting";
    const none = { bytesPerSecond: null, secondsLeft: null };
    this.tell({ state: "waiting", bytes, total, ...none, message });
  }

  private rate(): number | null {
    const [first, last] = [this.samples[0]!, this.samples.at(-1)!];
    const ms = last.time - first.time;
    const bytes = last.bytes - first.bytes;
    return ms < SHORTEST_SPAN_MS || bytes <= 0 ? null : (1000 * bytes) / ms;
  }

  /** Another state is told at once. */
  private isTooSoon(state: TransferProgress["state"]): boolean {
    return state === this.state && this.clock() - this.told < TELL_MS;
  }

  private send(now: Omit<TransferProgress, "message">): void {
    this.told = this.clock();
    this.state = now.state;
    this.tell({ ...now, message: null });
  }
}
