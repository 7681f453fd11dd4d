import { EngineError } from "../../errors";
import type { LensRequest, RidgeRequest } from "../../probes";

interface Needs {
  readonly layers: readonly number[];
  readonly dimensions: number;
  /** How far behind its own a row's states are read. */
  readonly ahead: number;
  /** That are fitted to; null: none are, and a target need not be known. */
  readonly classes: number | null;
}

/**
 * Refuses a request that does not go with its file of states.
 * @throws EngineError `NoHiddenStates`
 */
export function checkRequest(
  request: RidgeRequest | LensRequest,
  { layers, dimensions, ahead, classes }: Needs,
): void {
  const { states, rows, lambdas, targets } = request;
  const demand = (isMet: boolean, otherwise: string) => {
    if (isMet) return;
    const message = `No probe can be fitted: ${otherwise}. Read the states again, of more text or other layers.`;
    throw new EngineError("NoHiddenStates", message);
  };
  for (const layer of layers) {
    demand(states.layers.includes(layer), `layer ${layer} is not in ${states.path}`);
  }
  demand(states.rows > 0 && dimensions > 0, `there are no states in ${states.path}`);
  demand(states.dimensions === dimensions, `${states.path} holds another model's states`);
  demand(rows.fit.length > 0, "there are no tokens to fit it to");
  demand(rows.choose.length > 0, "there are no tokens to choose lambda by");
  for (const part of [rows.fit, rows.choose, rows.report]) {
    const isInside = part.every((row) => row + ahead < states.rows);
    demand(isInside, `${states.path} has only ${states.rows} tokens`);
  }
  demand(lambdas.length > 0 && lambdas.every((lambda) => lambda > 0), "no lambda is above 0");
  for (const target of targets) {
    demand(target.length === states.rows, "some tokens have no target");
    const isKnown = (row: number) => target[row]! >= 0 && target[row]! < classes!;
    demand(
      classes === null || rows.fit.every(isKnown),
      "tokens that it is fitted to have no class",
    );
  }
}
