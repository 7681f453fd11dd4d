import type { FittedProbe, RidgeRequest } from "../../probes";
import type { OpenedBuild } from "../llama/builds";
import { checkRequest } from "./checkRequest";
import { fitCost, fitWithBestLambda, type Problem } from "./chooseLambda";
import { classTarget, classTargetCost } from "./classes";
import { crossProduct, crossProductCost } from "./crossProduct";
import { Decoder, type LinearMap } from "./decoder";
import { fitting } from "./fitting";
import { KeptProbeWriter } from "./keptProbe";
import { StandardisedLayer } from "./standardised";
import { cost, Work, type WorkOptions } from "./work";

/** Rows of `choose` that choose lambda, at most, evenly from all of them. */
const MOST_CHOOSING = 4000;

/**
 * As `Engine.fitRidge`. It is computed on the processor whatever the model is on: GPUs round products to 10 bits.
 * @throws EngineError `FileUnreadable`, `NoHiddenStates`, `OutOfMemory`, `Cancelled`
 */
export function fitRidge(
  build: OpenedBuild,
  request: RidgeRequest,
  options: WorkOptions,
): Promise<FittedProbe[]> {
  const { states: file, layer, rows, lambdas, classes, targets } = request;
  const { dimensions } = file;
  checkRequest(request, { layers: [layer], dimensions, ahead: 0, classes });
  const shape = { dimensions, outputs: classes, choices: classes };
  const choice = { rows, lambdas, mostChoosing: MOST_CHOOSING };
  const work = new Work(
    cost.pass(rows.fit.length, dimensions) +
      crossProductCost(rows.fit.length, dimensions) +
      targets.length * classTargetCost(rows.fit.length, dimensions) +
      fitCost(choice, shape, targets.length),
    options,
  );
  return fitting(build, file, async ({ reader, processor }) => {
    const states = await StandardisedLayer.measure(reader, layer, rows.fit, work);
    const fit = { layer: states, rows: rows.fit };
    const gram = await crossProduct(processor, fit, null, work);
    const problems: Problem[] = [];
    for (const truth of targets) {
      problems.push({ fit: await classTarget(fit, truth, classes, work), truth });
    }
    const mostRows = Math.max(rows.choose.length, rows.report.length);
    const decoder = new Decoder(processor, {
      ...shape,
      rows: mostRows,
      values: (_, outputs) => outputs,
    });
    let kept: KeptProbeWriter | null = null;
    try {
      if (request.keep) kept = new KeptProbeWriter(request.keep, layer, states);
      const onFitted = (map: LinearMap) => kept?.add(map);
      const whole = { ...choice, states, gram, problems, onFitted };
      const fitted = await fitWithBestLambda(processor, decoder, whole, work);
      kept?.close();
      return fitted;
    } finally {
      kept?.discard();
      decoder.dispose();
    }
  });
}
