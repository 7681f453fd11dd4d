import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes } from "../../analysis/presentation/format";
import type { TransferProgress } from "../../jobs/models/transfer/transfer";
import type { Progress } from "../output/progress";
import type { Problems } from "../output/problems";

/** Several models that come side by side, on one line; why one waits is said once. */
export class FetchProgress {
  private readonly now = new Map<string, TransferProgress>();
  private readonly said = new Set<string>();

  /** @param sizes bytes by name; null: not known */
  constructor(
    private readonly sizes: ReadonlyMap<string, number | null>,
    private readonly progress: Progress,
    private readonly problems: Problems,
  ) {}

  show(name: string, now: TransferProgress): void {
    this.now.set(name, now);
    const { message } = now;
    if (message !== null && !this.said.has(`${name}: ${message}`)) {
      this.said.add(`${name}: ${message}`);
      this.problems.warn(`${name}: ${message}`);
    }
    const { bytes, total } = this.sums();
    this.progress.show(this.words(bytes, total), total ? Math.min(1, bytes / total) : 0);
  }

  /** Nothing more of it comes, whether it is there or has failed. */
  end(name: string): void {
    const now = this.now.get(name);
    if (now) this.now.set(name, { ...now, state: "fetching", bytesPerSecond: null });
  }

  private sums(): { bytes: number; total: number | null } {
    let bytes = 0;
    let total: number | null = 0;
    for (const [name, size] of this.sizes) {
      const now = this.now.get(name);
      const whole = size ?? now?.total ?? null;
      bytes += now?.bytes ?? 0;
      total = total === null || whole === null ? null : total + whole;
    }
    return { bytes, total };
  }

  private words(bytes: number, total: number | null): string {
    const all = [...this.now.values()];
    if (all.every(({ state }) => state === "verifying")) return "Reading what is there";
    const speed = all.reduce((sum, { bytesPerSecond }) => sum + (bytesPerSecond ?? 0), 0);
    const parts = [`${formatBytes(bytes)}${total === null ? "" : ` of ${formatBytes(total)}`}`];
    if (speed > 0) {
      parts.push(`${formatBytes(speed)}/s`);
      if (total !== null) parts.push(`${durationWords((total - bytes) / speed)} left`);
    } else if (all.some(({ state }) => state === "waiting")) parts.push("waiting");
    return parts.join(", ");
  }
}
