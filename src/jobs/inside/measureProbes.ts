/** Probes of one model in the texts of one writer, with their controls (docs/definitions.md, "Probes"). */
import { shuffledTargets } from "../../analysis/probes/classes";
import { CONTROLS } from "../../analysis/probes/controls";
import { sampleGenerator } from "../../analysis/statistics/random";
import type { Engine } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import type { AnchorProbe, ProbedText, ProbeRow } from "../../formats/study/probes";
import { countAroundAnchors } from "./countAroundAnchors";
import { fitClasses, fitLens, type Fitting, fittingFor } from "./fitting";
import { countByUnit, countHits, expectedTokens, predictedTokens, type Predictions } from "./hits";
import { type PlanRequest, planProbes } from "./plan";
import { readStates } from "./readStates";
import { Steps } from "./steps";

export interface ProbesRequest extends PlanRequest {
  readonly engine: Engine;
  /** Who wrote the texts; null: they were given. */
  readonly writer: string | null;
  /** What the model is called. */
  readonly reader: string;
  /** Where the ridge of `layer` is kept, a probe for each distance; without it, nowhere. */
  readonly keepAt?: string;
  /** The Future Lens is left out, which takes long where a vocabulary is large. */
  readonly withoutLens?: boolean;
  /** Of a file that holds the states meanwhile; the caller removes it. */
  readonly statesPath: string;
  /** 0 .. 1 */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

export interface ProbesFound {
  readonly text: ProbedText;
  readonly rows: readonly ProbeRow[];
  /** Empty where no anchors were looked for, or the texts are too short for it. */
  readonly anchors: readonly AnchorProbe[];
}

/**
 * Fits probes on one part of the units, chooses by another, and counts what they find in the third.
 * @throws EngineError as of `Engine.states`, `fitRidge` and `fitLens`; `TextTooShort` where there are too few units or positions
 */
export async function measureProbes(request: ProbesRequest): Promise<ProbesFound> {
  const { model, statesPath: path, onProgress, withoutLens } = request;
  const plan = planProbes(request);
  const { rows: tokens, layer, others, split, aroundSplit } = plan;
  // States, one ridge a layer, embeddings, the lens, and two ridges around anchors.
  const steps = new Steps(
    3 + others.length + (withoutLens ? 0 : 1) + (aroundSplit === null ? 0 : 2),
    onProgress,
  );
  const read = await readStates({
    ...request,
    rows: tokens,
    layers: layersToRead([...others, layer], withoutLens ? null : model.shape.layers),
    path,
    onProgress: (fraction) => steps.within(fraction),
  });
  steps.next();
  const fitting = fittingFor({ ...request, read, split, steps });
  const named: Named = { request, fitting };
  const rows = await probeRows(named, layer);
  rows.push(...(await ridgeRows(named, 0, "embedding")));
  for (const other of others) rows.push(...(await ridgeRows(named, other, "ridge")));
  rows.push(...controlRows(named));
  const lens = withoutLens ? [] : await lensRows(named, layer);
  if (typeof lens !== "string") rows.push(...lens);
  return {
    text: { ...describe(named, layer), lensFault: typeof lens === "string" ? lens : null },
    rows,
    anchors:
      aroundSplit === null
        ? []
        : await countAroundAnchors({ ...fitting, split: aroundSplit }, request, layer),
  };
}

/** @param last that the Future Lens reads; null: it is left out */
function layersToRead(probed: readonly number[], last: number | null): number[] {
  return [...new Set([0, ...probed, ...(last === null ? [] : [last])])].sort((a, b) => a - b);
}

interface Named {
  readonly request: Pick<ProbesRequest, "writer" | "reader" | "texts" | "seed" | "keepAt">;
  readonly fitting: Fitting;
}

/** The ridge of the layer that all methods read, and beside it one that is fitted to shuffled classes. */
async function probeRows(named: Named, layer: number): Promise<ProbeRow[]> {
  const { ahead, split, classes, targets } = named.fitting;
  const { keepAt } = named.request;
  const shuffled = targets.map((target, i) =>
    shuffledTargets(target, split.fit, sampleGenerator(named.request.seed, i)),
  );
  const keep =
    keepAt === undefined
      ? undefined
      : { path: keepAt, targets: targets.length, tokens: classes.tokens };
  const fitted = await fitClasses(named.fitting, layer, [...targets, ...shuffled], keep);
  return fitted.map((probe, i) => {
    const method = i < ahead.length ? "ridge" : "shuffled";
    const head = { method, layer, ahead: ahead[i % ahead.length]!, lambda: probe.lambda } as const;
    return toRow(named, head, predictedTokens(probe, classes.tokens));
  });
}

async function ridgeRows(
  named: Named,
  layer: number,
  method: "ridge" | "embedding",
): Promise<ProbeRow[]> {
  const { ahead, classes, targets } = named.fitting;
  const fitted = await fitClasses(named.fitting, layer, targets);
  return fitted.map((probe, i) =>
    toRow(
      named,
      { method, layer, ahead: ahead[i]!, lambda: probe.lambda },
      predictedTokens(probe, classes.tokens),
    ),
  );
}

/** What keeps it from being measured, where the model's head is not known. */
async function lensRows(named: Named, layer: number): Promise<ProbeRow[] | string> {
  try {
    const fitted = await fitLens(named.fitting, layer);
    return fitted.map((probe, i) =>
      toRow(
        named,
        { method: "lens", layer, ahead: named.fitting.ahead[i]!, lambda: probe.lambda },
        probe,
      ),
    );
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "NoHiddenStates")) throw error;
    named.fitting.steps.next();
    return error.message;
  }
}

/** What reads no state. */
function controlRows(named: Named): ProbeRow[] {
  const { read, split, ahead } = named.fitting;
  const methods = (["unigram", "skip-bigram", "prior"] as const).filter(
    (method) => method !== "prior" || named.request.texts.areSamples,
  );
  return methods.flatMap((method) =>
    ahead.map((n) => {
      const expected = CONTROLS[method](read.rows, split.fit, n);
      const head = { method, layer: null, ahead: n, lambda: null };
      return toRow(named, head, expectedTokens(expected, split));
    }),
  );
}

function toRow(
  { request: { writer, reader }, fitting: { read, split } }: Named,
  head: Pick<ProbeRow, "method" | "layer" | "ahead" | "lambda">,
  predictions: Predictions,
): ProbeRow {
  return { writer, reader, ...head, ...countHits(read, split, predictions, head.ahead) };
}

function describe(
  { request: { writer, reader }, fitting }: Named,
  layer: number,
): Omit<ProbedText, "lensFault"> {
  const { model, read, split, classes } = fitting;
  const { fit, choose, report, names } = split;
  return {
    writer,
    reader,
    layers: model.shape.layers,
    layer,
    classes: classes.tokens.length,
    fit: { units: names.fit.length, positions: fit.length },
    choose: { units: names.choose.length, positions: choose.length },
    report: { units: [...names.report], positions: countByUnit(read.rows, split, report) },
  };
}
