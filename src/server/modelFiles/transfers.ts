import type { GetModelResult, Transfer } from "../../protocol/modelFiles";
import type { TransferProgress } from "../../jobs/models/transfer/transfer";
import type { Jobs } from "../jobs/jobs";

/** How a model is fetched; rejects with the signal's reason after an abort. */
export type Work = (
  onProgress: (now: TransferProgress) => void,
  signal: AbortSignal,
) => Promise<GetModelResult>;

interface Running {
  readonly controller: AbortController;
  readonly result: Promise<GetModelResult>;
  now: Transfer;
}

/** The user has stopped it. */
class Stopped extends Error {
  override readonly name = "Stopped";
}

const NOTHING: GetModelResult = { path: null, verifiedBy: null };

/** What is being fetched, several models at once, and what has failed since the server started. */
export class Transfers {
  private readonly running = new Map<string, Running>();
  private readonly failed = new Map<string, Transfer>();

  /** @param onChange one has begun, moved or ended */
  constructor(
    private readonly jobs: Jobs,
    private readonly onChange: () => void,
  ) {}

  /** Those under way, and those that have failed. */
  list(): readonly Transfer[] {
    return [...[...this.running.values()].map(({ now }) => now), ...this.failed.values()];
  }

  has(source: string): boolean {
    return this.running.has(source);
  }

  /** Begins, or joins what is under way. Nothing: it was stopped. */
  start(source: string, name: string, work: Work): Promise<GetModelResult> {
    const joined = this.running.get(source);
    if (joined) return joined.result;
    this.failed.delete(source);
    const controller = new AbortController();
    const running: Running = {
      controller,
      // What it does comes with the next tick: by then it is listed.
      result: Promise.resolve().then(() => this.run(running, work)),
      now: { source, name, state: "fetching", ...UNKNOWN, message: null },
    };
    this.running.set(source, running);
    this.onChange();
    return running.result;
  }

  /** Resolves when it has stopped; what was fetched stays. */
  async stop(source: string): Promise<void> {
    const running = this.running.get(source);
    running?.controller.abort(new Stopped());
    await running?.result.catch(() => undefined);
  }

  /** A failed one is no longer listed. */
  forget(source: string): void {
    if (this.failed.delete(source)) this.onChange();
  }

  private async run(running: Running, work: Work): Promise<GetModelResult> {
    const { controller, now: begun } = running;
    const { source, name } = begun;
    const listed = this.jobs.addTransfer({ source, title: name });
    const onProgress = (progress: TransferProgress) => {
      running.now = { source, name, ...progress };
      listed.move(progress);
      this.onChange();
    };
    try {
      return await work(onProgress, controller.signal);
    } catch (error) {
      if (error instanceof Stopped) return NOTHING;
      const { bytes, total } = running.now;
      const message = error instanceof Error ? error.message : String(error);
      const known = { ...UNKNOWN, bytes, total };
      this.failed.set(source, { source, name, state: "failed", ...known, message });
      throw error;
    } finally {
      this.running.delete(source);
      listed.end();
      this.onChange();
    }
  }
}

const UNKNOWN = { bytes: 0, total: null, bytesPerSecond: null, secondsLeft: null };
