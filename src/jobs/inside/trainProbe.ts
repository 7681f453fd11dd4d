/** Trains the probe of a model that editors ask: its texts, its weights in a file, and what it finds. */
import { mkdir, rm } from "node:fs/promises";
import { FEWEST_UNITS } from "../../analysis/probes/parts";
import { formatNumber } from "../../analysis/presentation/format";
import type { Engine, LoadedModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import type { KeptProbe } from "../../formats/keptProbe";
import type { ModelIdentity } from "../../protocol/modelIdentity";
import type { CorpusDocument } from "../corpora/corpus";
import { BEGINNING_WORDS, readAfter, writeAfter } from "./afterBeginnings";
import { type Beginnings, beginningsOf } from "./beginnings";
import { FEWEST_DOCUMENTS, givenCut, givenTexts } from "./givenTexts";
import { freshProbeId, keepProbe, weightsPath } from "./keptProbes";
import { measureProbes, type ProbesFound } from "./measureProbes";
import type { ProbedTexts } from "./probedTexts";
import { probeFindings } from "./probeFindings";
import { withStatesFile } from "./statesFolder";

export interface TrainRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  /** With its digest, if that is known. */
  readonly identity: ModelIdentity;
  readonly documents: AsyncIterable<Pick<CorpusDocument, "id" | "text">>;
  /** The model reads what it writes after the documents' beginnings, else the documents. */
  readonly ownText: boolean;
  /** Names of what the documents are in. */
  readonly trainedOn: readonly string[];
  /** Where probes are kept. */
  readonly folder: string;
  /** @param fraction of what is being done, 0 .. 1; null: unknown */
  readonly onProgress: (what: string, fraction: number | null) => void;
  readonly signal: AbortSignal;
}

/** Distances: "in 2 tokens" to "in 4", as in the paper. */
const AHEAD = [1, 2, 3];
/** As `twinlens probe` writes; of so many beginnings in all (a choice: minutes for a small model). */
const WRITING = { samples: 4, maxTokens: 64, topP: 0.9 };
const MOST_BEGINNINGS = 100;
/** Tokens that are read of given texts (a choice), about as many as are written. */
const MOST_TOKENS = 25_000;
const SEED = 1;

/**
 * Trains a probe and keeps it in place of the model's one before.
 * @throws EngineError `TextTooShort`, as of `Engine.states` and `fitRidge`, or `Cancelled`: then nothing is kept; CorpusError
 */
export async function trainProbe(request: TrainRequest): Promise<KeptProbe> {
  const { model, identity, folder, ownText, trainedOn, onProgress } = request;
  const texts = await (ownText ? ownTexts(request) : documentTexts(request));
  const id = freshProbeId();
  const keepAt = weightsPath(folder, id);
  await mkdir(folder, { recursive: true });
  try {
    const found = await withStatesFile((statesPath) =>
      measureProbes({
        ...request,
        writer: ownText ? model.facts.name : null,
        reader: model.facts.name,
        texts,
        layer: null,
        byLayer: false,
        ahead: AHEAD,
        seed: SEED,
        keepAt,
        withoutLens: true,
        statesPath,
        onProgress: (fraction) => onProgress("Training", fraction),
      }),
    );
    const probe = { id, ...described(found), trainedOn, ownText };
    const kept = { identity, probe: { ...probe, model: model.facts.name } };
    await keepProbe(folder, kept);
    return kept;
  } catch (error) {
    await rm(keepAt, { force: true });
    throw error;
  }
}

function described(found: ProbesFound) {
  const { layer, layers, classes, fit, report } = found.text;
  return {
    layer,
    layers,
    classes,
    found: probeFindings(found),
    fitted: fit.positions,
    reported: report.positions.reduce((sum, count) => sum + count, 0),
    trainedAt: new Date().toISOString(),
  };
}

async function documentTexts(request: TrainRequest): Promise<ProbedTexts> {
  const { model, onProgress } = request;
  onProgress("Reading the texts", null);
  const texts = await givenTexts({ ...request, tokens: MOST_TOKENS, ahead: Math.max(...AHEAD) });
  if (texts.units.length >= FEWEST_UNITS) return texts;
  const needed = (FEWEST_UNITS - 1) * givenCut(model).room + 10;
  throw tooShort(
    `${formatNumber(needed, 0)} tokens, about ${formatNumber(wordsOf(needed), 0)} words`,
  );
}

async function ownTexts(request: TrainRequest): Promise<ProbedTexts> {
  const { documents, onProgress } = request;
  const stride = BEGINNING_WORDS + WRITING.maxTokens;
  const found = await beginningsOf(documents, {
    words: BEGINNING_WORDS,
    stride,
    most: MOST_BEGINNINGS,
  });
  if (found.beginnings.length < FEWEST_UNITS) {
    const needed = (FEWEST_UNITS - 1) * stride + BEGINNING_WORDS + 1;
    throw tooShort(`${formatNumber(needed, 0)} words, to go on from in ${FEWEST_UNITS} places`);
  }
  const beginnings = dividedFinely(found);
  const texts = await writeAfter({
    ...request,
    ...WRITING,
    beginnings,
    seed: SEED,
    onProgress: (fraction) => onProgress("Writing texts", fraction),
  });
  return readAfter({ ...request, beginnings, texts });
}

/** Of few documents each beginning is a unit of its own, as windows are of given text. */
function dividedFinely(found: Beginnings): Beginnings {
  const { documents, beginnings } = found;
  if (documents.length >= FEWEST_DOCUMENTS) return found;
  return {
    documents: beginnings.map(({ document }, i) => `${documents[document]}, beginning ${i + 1}`),
    beginnings: beginnings.map(({ text }, document) => ({ document, text })),
  };
}

/** Words that so many tokens are, roughly, as in English. */
function wordsOf(tokens: number): number {
  return Math.round((tokens * 0.75) / 50) * 50;
}

function tooShort(needed: string): EngineError {
  return new EngineError(
    "TextTooShort",
    `There is too little text to train a probe on: it takes at least ${needed}, and finds more the more there is. Choose more or longer texts.`,
  );
}
