import type { FittedProbe, ProbeRows } from "../../probes";
import type { Backend } from "../llama/backend";
import { inverseFactor, inverseFactorCost } from "./cholesky";
import type { FitTarget } from "./classes";
import { spread } from "./blocks";
import { type Decoder, decodeCost, type DecoderShape, type LinearMap } from "./decoder";
import { Solver, solveCost } from "./solver";
import type { StandardisedLayer } from "./standardised";
import type { Work } from "./work";

/** A target with what decodes to be right, by row of the file. */
export interface Problem {
  readonly fit: FitTarget;
  readonly truth: Int32Array;
}

export interface Choice {
  readonly states: StandardisedLayer;
  /** Gram matrix of the rows `fit`. */
  readonly gram: Float64Array;
  readonly lambdas: readonly number[];
  readonly rows: Pick<ProbeRows, "choose" | "report">;
  /** Rows of `choose` that choose lambda, at most. */
  readonly mostChoosing: number;
  readonly problems: readonly Problem[];
  /** Gets the map of each problem, in order, as it is fitted with the best lambda. */
  readonly onFitted?: (map: LinearMap) => void;
}

/** The best that was found for a problem so far. */
interface Best {
  readonly lambda: number;
  readonly share: number;
  readonly map: LinearMap;
  readonly decoded: Int32Array;
}

/**
 * Fits each problem with each lambda, keeps what decodes most of `choose` rightly (of equal ones the larger lambda), and decodes all
 * rows with it.
 * @throws EngineError `FileUnreadable`, `OutOfMemory`, `Cancelled`
 */
export async function fitWithBestLambda(
  processor: Backend,
  decoder: Decoder,
  choice: Choice,
  work: Work,
): Promise<FittedProbe[]> {
  const choosing = spread(choice.rows.choose, choice.mostChoosing);
  const shares = choice.problems.map((): number[] => []);
  const best = choice.problems.map((): Best | null => null);
  const solver = new Solver(processor, choice.states.dimensions);
  try {
    for (const lambda of choice.lambdas) {
      solver.load(await inverseFactor(choice.gram, lambda, work));
      for (const [i, { fit, truth }] of choice.problems.entries()) {
        const weights = await solver.solve(fit.products, work);
        const map = { weights, constants: fit.means };
        decoder.load(map);
        const decoded = await decoder.decode(choice.states, choosing, work);
        const share = rightShare(decoded, choosing, truth);
        shares[i]!.push(share);
        if (isBetter({ lambda, share }, best[i]!)) best[i] = { lambda, share, map, decoded };
      }
    }
  } finally {
    solver.dispose();
  }
  const fitted: FittedProbe[] = [];
  for (const [i, found] of best.entries()) {
    const { lambda, map, decoded } = found!;
    choice.onFitted?.(map);
    decoder.load(map);
    const decode = (rows: Uint32Array) => decoder.decode(choice.states, rows, work);
    const { choose, report } = choice.rows;
    fitted.push({
      lambda,
      chosenFrom: shares[i]!,
      choose: choosing.length === choose.length ? decoded : await decode(choose),
      report: await decode(report),
    });
  }
  return fitted;
}

/** @param outputs of each problem */
export function fitCost(
  { rows, lambdas, mostChoosing }: Pick<Choice, "rows" | "lambdas" | "mostChoosing">,
  shape: Pick<DecoderShape, "dimensions" | "outputs" | "choices">,
  problems: number,
): number {
  const { dimensions, outputs } = shape;
  const { choose, report } = rows;
  const choosing = Math.min(choose.length, mostChoosing);
  const each = solveCost(outputs, dimensions) + decodeCost(choosing, shape);
  const last = report.length + (choosing < choose.length ? choose.length : 0);
  return (
    lambdas.length * (inverseFactorCost(dimensions) + problems * each) +
    problems * decodeCost(last, shape)
  );
}

/** NaN where there are no rows. */
export function rightShare(decoded: Int32Array, rows: Uint32Array, truth: Int32Array): number {
  let right = 0;
  for (let i = 0; i < rows.length; i++) if (decoded[i] === truth[rows[i]!]) right++;
  return right / rows.length;
}

function isBetter(a: Pick<Best, "lambda" | "share">, b: Best | null): boolean {
  if (b === null) return true;
  return a.share > b.share || (a.share === b.share && a.lambda > b.lambda);
}
