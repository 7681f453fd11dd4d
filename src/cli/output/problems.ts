import type { Writable } from "node:stream";
import { visibleText } from "../../analysis/presentation/format";
import { isCancelled } from "../../engine/errors";
import type { Progress } from "./progress";

/** Failures of single texts, reported line by line as they happen. */
export class Problems {
  private readonly told = new Set<string>();

  constructor(
    private readonly messages: Writable,
    private readonly progress: Progress,
  ) {}

  get count(): number {
    return this.told.size;
  }

  /** The promise's value; null after a failure, which concerns this text only. */
  async noting<T>(name: string, promise: Promise<T>): Promise<T | null> {
    try {
      return await promise;
    } catch (error) {
      this.note(name, error);
      return null;
    }
  }

  /** Says what does not keep a text from being scored. */
  warn(message: string): void {
    this.progress.clear();
    this.messages.write(`twinlens: ${visibleText(message)}\n`);
  }

  /** Throws what concerns more than this text. */
  note(name: string, error: unknown): void {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const line = `twinlens: ${visibleText(name)}: ${visibleText(error.message)}\n`;
    // Most failures are the same under both models.
    if (!this.told.has(line)) {
      this.progress.clear();
      this.messages.write(line);
    }
    this.told.add(line);
  }
}
