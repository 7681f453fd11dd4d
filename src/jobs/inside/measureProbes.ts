/** Probes of one model in the texts of one writer, with their controls (docs/definitions.md, "Probes"). */
import { shuffledTargets, targetsOf } from "../../analysis/probes/classes";
import { CONTROLS } from "../../analysis/probes/controls";
import { FEWEST_UNITS, type Part, partsOfUnits } from "../../analysis/probes/parts";
import { rowsBefore, toTokenRows, type TokenRows } from "../../analysis/probes/tokenRows";
import { sampleGenerator } from "../../analysis/statistics/random";
import type { Engine, LoadedModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import type { AnchorProbe, ProbedText, ProbeRow } from "../../formats/study/probes";
import { AROUND_ANCHORS, countAroundAnchors } from "./countAroundAnchors";
import { fitClasses, fitLens, type Fitting, fittingFor } from "./fitting";
import { countByUnit, countHits, expectedTokens, predictedTokens, type Predictions } from "./hits";
import { paperLayer } from "./layers";
import type { ProbedTexts } from "./probedTexts";
import { readStates } from "./readStates";
import { type Split, splitFor, unitOfRow } from "./split";
import { Steps } from "./steps";

export interface ProbesRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  /** Who wrote the texts; null: they were given. */
  readonly writer: string | null;
  /** What the model is called. */
  readonly reader: string;
  readonly texts: ProbedTexts;
  /** From which all methods read, counted from 1; null: the paper's. */
  readonly layer: number | null;
  /** The ridge reads every layer besides. */
  readonly byLayer: boolean;
  /** Distances, each once. */
  readonly ahead: readonly number[];
  readonly seed: number;
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

interface Plan {
  readonly rows: TokenRows;
  readonly layer: number;
  /** That the ridge reads besides. */
  readonly others: readonly number[];
  readonly split: Split;
  /** null: there are no anchors, or too few tokens around them. */
  readonly aroundSplit: Split | null;
}

/** What is read and divided, known before anything is decoded. @throws EngineError `TextTooShort` */
function planProbes({ model, texts, ahead, seed, ...of }: ProbesRequest): Plan {
  const rows = rowsOfTexts(texts);
  const most = Math.max(...ahead);
  const parts = partsOfTexts(texts, rows, most, seed);
  const splitAt = (distance: number) => splitFor(rows, parts, distance, texts.units);
  const split = splitAt(most);
  if (split === null) throw tooShort(texts, most);
  const { layers } = model.shape;
  const layer = of.layer ?? paperLayer(layers);
  const hasAnchors = texts.windows.some(({ anchors }) => anchors !== null);
  return {
    rows,
    layer,
    others: of.byLayer ? upTo(layers).filter((one) => one !== layer) : [],
    split,
    aroundSplit: hasAnchors ? splitAt(AROUND_ANCHORS) : null,
  };
}

function rowsOfTexts({ windows }: ProbedTexts): TokenRows {
  return toTokenRows(
    windows.map(({ tokens, start, ...of }) => ({ ids: tokens.subarray(start), ...of })),
  );
}

function partsOfTexts(texts: ProbedTexts, rows: TokenRows, ahead: number, seed: number): Part[] {
  const usable = new Set(Array.from(rowsBefore(rows, ahead), (row) => unitOfRow(rows, row)));
  if (usable.size < FEWEST_UNITS) throw tooShort(texts, ahead);
  return partsOfUnits(texts.units.length, seed, (unit) => usable.has(unit));
}

function tooShort({ unit }: ProbedTexts, ahead: number): EngineError {
  return new EngineError(
    "TextTooShort",
    `Probes need at least ${FEWEST_UNITS} ${unit}s, to fit, choose and report on, that have the ${ahead + 2} tokens of a prediction so far ahead. Give more or longer texts.`,
  );
}

function upTo(layers: number): number[] {
  return Array.from({ length: layers }, (_, i) => i + 1);
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
  const { ahead, split, classes } = named.fitting;
  const { keepAt } = named.request;
  const targets = targetsFor(named.fitting);
  const shuffled = targets.map((target, i) =>
    shuffledTargets(target, split.fit, sampleGenerator(named.request.seed, i)),
  );
  const keep = keepAt && { path: keepAt, targets: targets.length, tokens: classes.tokens };
  const fitted = await fitClasses(
    named.fitting,
    layer,
    [...targets, ...shuffled],
    keep || undefined,
  );
  return fitted.map((probe, i) => {
    const method = i < ahead.length ? "ridge" : "shuffled";
    const head = { method, layer, ahead: ahead[i % ahead.length]!, lambda: probe.lambda } as const;
    return toRow(named, head, predictedTokens(probe, named.fitting.classes.tokens));
  });
}

async function ridgeRows(
  named: Named,
  layer: number,
  method: "ridge" | "embedding",
): Promise<ProbeRow[]> {
  const { ahead, classes } = named.fitting;
  const fitted = await fitClasses(named.fitting, layer, targetsFor(named.fitting));
  return fitted.map((probe, i) =>
    toRow(
      named,
      { method, layer, ahead: ahead[i]!, lambda: probe.lambda },
      predictedTokens(probe, classes.tokens),
    ),
  );
}

function targetsFor({ read, classes, ahead }: Fitting): Int32Array[] {
  return ahead.map((n) => targetsOf(read.rows, classes, n));
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
