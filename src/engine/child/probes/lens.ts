import { EngineError } from "../../errors";
import type { FittedProbe, LensRequest } from "../../probes";
import { OUTPUT } from "../llama/adapterFit";
import type { OpenedBuild } from "../llama/builds";
import type { NativeModel } from "../llama/model";
import { spread } from "./blocks";
import { checkRequest } from "./checkRequest";
import { fitCost, fitWithBestLambda, type Problem, rightShare } from "./chooseLambda";
import type { FitTarget } from "./classes";
import { crossProduct, crossProductCost } from "./crossProduct";
import { decodeCost, Decoder, type LinearMap, type RowSource } from "./decoder";
import { fitting } from "./fitting";
import { Head, headCost, unknownHead } from "./head";
import { StandardisedLayer } from "./standardised";
import { cost, Work, type WorkOptions } from "./work";

/** Rows of `choose` that choose lambda, at most, evenly from all of them: each is decoded into the whole vocabulary. */
const MOST_CHOOSING = 1000;
/** Rows that the head is tried on, at most. */
const MOST_TRIED = 300;
/** Share of them in which it has to choose as the model does; 16-bit floats may change one or the other. */
const RIGHT_HEAD = 0.98;

/**
 * As `Engine.fitLens`. Tokens are chosen on the model's device; what is solved, on the processor.
 * @throws EngineError `FileUnreadable`, `NoHiddenStates`, `OutOfMemory`, `Cancelled`
 */
export function fitLens(
  build: OpenedBuild,
  model: NativeModel,
  request: LensRequest,
  options: WorkOptions,
): Promise<FittedProbe[]> {
  refuseChangedHead(model);
  const { states: file, layer, rows, lambdas, targets } = request;
  const { layers: last, dimensions } = model.shape;
  const ahead = Math.max(0, ...request.ahead);
  checkRequest(request, { layers: [layer, last], dimensions, ahead, classes: null });
  const head = Head.of(build.library, model);
  const choices = head.vocabularySize;
  const shape = { dimensions, outputs: dimensions, choices };
  const choice = { rows, lambdas, mostChoosing: MOST_CHOOSING };
  const tried = spread(rows.fit, MOST_TRIED);
  const fitRows = rows.fit.length;
  const work = new Work(
    headCost(choices, dimensions) +
      decodeCost(tried.length, shape) +
      cost.pass(fitRows, dimensions) +
      crossProductCost(fitRows, dimensions) +
      targets.length * (cost.pass(fitRows, dimensions) + crossProductCost(fitRows, dimensions, 2)) +
      fitCost(choice, shape, targets.length),
    options,
  );
  return fitting(build, file, async ({ reader, processor, device }) => {
    const values = head.logits.bind(head);
    const mostRows = Math.max(tried.length, rows.choose.length, rows.report.length);
    const decoder = new Decoder(device(), { ...shape, rows: mostRows, values });
    try {
      await head.fill(decoder.tensors, work);
      decoder.load(unchanged(dimensions));
      const ofLast: RowSource = { read: (some, out) => reader.read(last, some, out) };
      const chosen = await decoder.decode(ofLast, tried, work);
      if (rightShare(chosen, tried, request.firstChoice) < RIGHT_HEAD) throw unknownHead(model);

      const states = await StandardisedLayer.measure(reader, layer, rows.fit, work);
      const fit = { layer: states, rows: rows.fit };
      const gram = await crossProduct(processor, fit, null, work);
      const problems: Problem[] = [];
      for (const [i, ahead] of request.ahead.entries()) {
        const later = rows.fit.map((row) => row + ahead);
        const aim = await StandardisedLayer.measure(reader, last, later, work);
        const products = await crossProduct(processor, fit, { layer: aim, rows: later }, work);
        problems.push({ fit: statesTarget(products, aim), truth: targets[i]! });
      }
      const whole = { ...choice, states, gram, problems };
      return await fitWithBestLambda(processor, decoder, whole, work);
    } finally {
      decoder.dispose();
    }
  });
}

/** A head is read from the model's file. */
function refuseChangedHead({ name, adapter }: NativeModel): void {
  if (!adapter?.changes.includes(OUTPUT)) return;
  throw new EngineError(
    "NoHiddenStates",
    `The adapter of ${name} changes the matrix that makes logits of states, which Future Lens needs as it is. Choose the model without it, or the ridge probe.`,
  );
}

/** A map that gives states as they are. */
function unchanged(dimensions: number): LinearMap {
  const weights = new Float32Array(dimensions * dimensions);
  for (let i = 0; i < dimensions; i++) weights[i * dimensions + i] = 1;
  return { weights, constants: new Float32Array(dimensions) };
}

/** What is fitted to states as they are, where products are of standardised ones. */
function statesTarget(products: Float64Array, aim: StandardisedLayer): FitTarget {
  const { dimensions, deviation } = aim;
  const scaled = products.map((value, i) => value * deviation[Math.floor(i / dimensions)]!);
  return { products: Float32Array.from(scaled), means: Float32Array.from(aim.mean) };
}
