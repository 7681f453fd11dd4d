/** What fitting probes to the states of some texts needs to know. */
import {
  classesOf,
  targetsOf,
  type TokenClasses,
  tokensAhead,
} from "../../analysis/probes/classes";
import type { Engine, LoadedModel } from "../../engine/engine";
import type { FittedProbe, KeepRequest } from "../../engine/probes";
import type { ReadStates } from "./readStates";
import type { Split } from "./split";
import type { Steps } from "./steps";

/** Of the ridge, to choose from (a choice); states are standardised, so that lambda counts in positions. */
export const LAMBDAS = [10, 100, 1000, 10_000, 100_000];

export interface Fitting extends FittingOf {
  readonly classes: TokenClasses;
  /** Classes that stand ahead, by distance and row. */
  readonly targets: readonly Int32Array[];
}

interface FittingOf {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly read: ReadStates;
  readonly split: Split;
  /** Distances, each once. */
  readonly ahead: readonly number[];
  readonly steps: Steps;
  readonly signal: AbortSignal;
}

export function fittingFor(of: FittingOf): Fitting {
  const { model, read, split, ahead } = of;
  const classes = classesOf(read.rows, split.fit, ahead, model.facts.vocabularySize);
  return { ...of, classes, targets: ahead.map((n) => targetsOf(read.rows, classes, n)) };
}

/**
 * A step of the work: a ridge of one layer's states for each target.
 * @param targets classes by row
 * @param keep where the fitted ones are kept; without it, nowhere
 * @throws EngineError as of `Engine.fitRidge`
 */
export function fitClasses(
  fitting: Fitting,
  layer: number,
  targets: readonly Int32Array[],
  keep?: KeepRequest,
): Promise<readonly FittedProbe[]> {
  const { engine, classes, signal } = fitting;
  const wanted = { classes: classes.tokens.length, targets, ...(keep && { keep }) };
  return asStep(fitting, (onProgress) =>
    engine.fitRidge({ ...statesAt(fitting, layer), ...wanted }, onProgress, signal),
  );
}

/**
 * A step of the work: a Future Lens for each distance.
 * @throws EngineError as of `Engine.fitLens`
 */
export function fitLens(fitting: Fitting, layer: number): Promise<readonly FittedProbe[]> {
  const { engine, read, ahead, signal } = fitting;
  const targets = ahead.map((n) => tokensAhead(read.rows, n));
  const wanted = { ahead, targets, firstChoice: read.firstChoice };
  return asStep(fitting, (onProgress) =>
    engine.fitLens({ ...statesAt(fitting, layer), ...wanted }, onProgress, signal),
  );
}

/** What every probe of a layer is fitted to. */
function statesAt({ model, read, split }: Fitting, layer: number) {
  const { fit, choose, report } = split;
  const rows = { fit, choose, report };
  return { model: model.id, states: read.file, layer, rows, lambdas: LAMBDAS };
}

async function asStep<T>(
  { steps }: Fitting,
  work: (onProgress: (fraction: number) => void) => Promise<T>,
): Promise<T> {
  const done = await work((fraction) => steps.within(fraction));
  steps.next();
  return done;
}
