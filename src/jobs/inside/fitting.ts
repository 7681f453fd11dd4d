/** What fitting probes to the states of some texts needs to know. */
import { classesOf, type TokenClasses, tokensAhead } from "../../analysis/probes/classes";
import type { Engine, LoadedModel } from "../../engine/engine";
import type { FittedProbe, KeepRequest } from "../../engine/probes";
import type { ReadStates } from "./readStates";
import type { Split } from "./split";
import type { Steps } from "./steps";

/** Of the ridge, to choose from (a choice); states are standardised, so that lambda counts in positions. */
export const LAMBDAS = [10, 100, 1000, 10_000, 100_000];

export interface Fitting extends FittingOf {
  readonly classes: TokenClasses;
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
  return { ...of, classes: classesOf(read.rows, split.fit, ahead, model.facts.vocabularySize) };
}

/**
 * A step of the work: a ridge of one layer's states for each target.
 * @param targets classes by row
 * @param keep where the fitted ones are kept; without it, nowhere
 * @throws EngineError as of `Engine.fitRidge`
 */
export async function fitClasses(
  { engine, model, read, split, classes, steps, signal }: Fitting,
  layer: number,
  targets: readonly Int32Array[],
  keep?: KeepRequest,
): Promise<readonly FittedProbe[]> {
  const { fit, choose, report } = split;
  const fitted = await engine.fitRidge(
    {
      model: model.id,
      states: read.file,
      layer,
      rows: { fit, choose, report },
      lambdas: LAMBDAS,
      classes: classes.tokens.length,
      targets,
      ...(keep && { keep }),
    },
    (fraction) => steps.within(fraction),
    signal,
  );
  steps.next();
  return fitted;
}

/**
 * A step of the work: a Future Lens for each distance.
 * @throws EngineError as of `Engine.fitLens`
 */
export async function fitLens(
  { engine, model, read, ahead, split, steps, signal }: Fitting,
  layer: number,
): Promise<readonly FittedProbe[]> {
  const { fit, choose, report } = split;
  const fitted = await engine.fitLens(
    {
      model: model.id,
      states: read.file,
      layer,
      rows: { fit, choose, report },
      lambdas: LAMBDAS,
      ahead,
      targets: ahead.map((n) => tokensAhead(read.rows, n)),
      firstChoice: read.firstChoice,
    },
    (fraction) => steps.within(fraction),
    signal,
  );
  steps.next();
  return fitted;
}
