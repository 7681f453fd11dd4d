import { cancelled } from "../../errors";

/** Of a multiplication and addition in JavaScript, in those of a device. */
const SCRIPT_COST = 30;
/** Of reading and standardising a value. */
const VALUE_COST = 60;

/** What a fit takes, in multiplications and additions of a device: no more than a guess, so that progress moves evenly. */
export const cost = {
  pass: (rows: number, dimensions: number) => rows * dimensions * VALUE_COST,
  product: (a: number, b: number, c: number) => a * b * c,
  script: (operations: number) => operations * SCRIPT_COST,
};

export interface WorkOptions {
  readonly onProgress: (fraction: number) => void;
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** How far a fit has come; between two steps others have their turn. */
export class Work {
  private done = 0;

  /** @param total of all steps' costs */
  constructor(
    private readonly total: number,
    private readonly options: WorkOptions,
  ) {}

  /** @throws EngineError `Cancelled` */
  async step(costs: number): Promise<void> {
    const { onProgress, giveWay, signal } = this.options;
    this.done += costs;
    onProgress(Math.min(1, this.done / this.total));
    await giveWay();
    if (signal.aborted) throw cancelled();
  }
}
