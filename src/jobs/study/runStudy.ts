import type { LoadOptions } from "../../engine/engine";
import { cancelled, isCancelled } from "../../engine/errors";
import type { Pair, Study } from "../../formats/study/study";
import { RESULT_VERSION, type ResultCell, type StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import { type EngineInUse, HeldModels } from "../models/heldModels";
import { emptyCell, inOrder, isSamePlace, knownCell, placeName } from "./cells";
import { doneOf, measureGold } from "./goldPass";
import { measureOwn } from "./ownPass";
import { StudyPace } from "./studyPace";
import type { WindowJournal } from "./windowJournal";
import { documentsOf, type SurveyedCorpus, surveyCorpus } from "./survey";

export interface StudyRequest {
  readonly study: Study;
  /** From which the paths of corpora count. */
  readonly folder: string;
  /** What was measured before; null: nothing. */
  readonly known: StudyResult | null;
  /** Measured this time; others keep what is known. */
  readonly measures: readonly Measure[];
  readonly engines: EngineInUse;
  readonly options: Pick<LoadOptions, "gpu" | "threads">;
  /** SHA-256 of the model at a path. */
  readonly digest: (path: string) => Promise<string>;
  readonly twinlensVersion: string;
  readonly listener: StudyListener;
  /** null: what a crash ends is measured again. */
  readonly journal: WindowJournal | null;
  readonly signal: AbortSignal;
}

export interface StudyListener {
  /** There is more: the cells are those of the result at this time, and are changed in place. */
  readonly onResult: (result: StudyResult) => void;
  readonly onProgress: (progress: StudyPace) => void;
  /** What did not keep the study from going on. */
  readonly onWarning: (message: string) => void;
  /** A pair, a corpus, or a pair on a corpus (`placeName`) could not be measured; the others go on. */
  readonly onFailure: (what: string, error: Error) => void;
}

/**
 * Measures what is not known yet: pair by pair, and corpus by corpus. What one pair or corpus fails at concerns no other.
 * @returns the result, whose cells may be incomplete after failures
 * @throws EngineError `Cancelled`
 */
export async function runStudy(request: StudyRequest): Promise<StudyResult> {
  const { study, listener, signal, twinlensVersion } = request;
  const corpora = await surveyAll(request);
  const result: StudyResult = {
    format: "twinlens-study-results",
    version: RESULT_VERSION,
    twinlensVersion,
    study: study.name,
    cells: [],
  };
  const works: PairWork[] = [];
  for (const pair of study.pairs) {
    const work = await attempt(listener, pair.name, () => planPair(request, pair, corpora));
    if (work === null) continue;
    works.push(work);
    result.cells.push(...work.cells);
  }
  result.cells = inOrder(study, [...result.cells, ...unplanned(request, result.cells, works)]);
  listener.onResult(result);
  const measured = works.flatMap(({ cells }) => cells).filter(isWanted(request));
  const progress = new StudyPace(study, measured, listener.onProgress);
  for (const work of works) {
    await attempt(listener, work.pair.name, () => runPair(request, work, result, progress));
    if (signal.aborted) throw cancelled();
  }
  return result;
}

/**
 * What is known of pairs and corpora that the study does not name at present, or that can't be read: it is kept, so that
 * nothing that was measured is lost by a name or a folder.
 */
function unplanned(
  { study, known }: StudyRequest,
  planned: readonly ResultCell[],
  works: readonly PairWork[],
): ResultCell[] {
  const isPlanned = (cell: ResultCell) => planned.some((other) => isSamePlace(cell, other));
  // What was planned and has no cell has changed.
  const isOutdated = ({ pair, corpus, measure }: ResultCell) =>
    study.measures.includes(measure) &&
    works.some(
      (work) => work.pair.name === pair && work.corpora.some((one) => one.corpus.name === corpus),
    );
  return (known?.cells ?? []).filter((cell) => !isPlanned(cell) && !isOutdated(cell));
}

async function surveyAll({ study, folder, listener, signal }: StudyRequest) {
  const corpora: SurveyedCorpus[] = [];
  for (const corpus of study.corpora) {
    const surveyed = await attempt(listener, corpus.name, () =>
      surveyCorpus(corpus, folder, signal),
    );
    if (surveyed === null) continue;
    surveyed.warnings.forEach((warning) => listener.onWarning(`${corpus.name}: ${warning}`));
    corpora.push(surveyed);
  }
  return corpora;
}

/** null: it failed, which was told. @throws EngineError `Cancelled` */
async function attempt<T>(
  { onFailure }: StudyListener,
  what: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    onFailure(what, error);
    return null;
  }
}

/** A pair's cells, known ones with their numbers. */
interface PairWork {
  readonly pair: Pair;
  readonly corpora: readonly SurveyedCorpus[];
  readonly sha256: ReadonlyMap<string, string>;
  readonly cells: readonly ResultCell[];
}

async function planPair(
  { study, known, measures, digest }: StudyRequest,
  pair: Pair,
  corpora: readonly SurveyedCorpus[],
): Promise<PairWork> {
  const sha256 = new Map<string, string>();
  for (const { name, path } of pair.stages) sha256.set(name, await digest(path));
  const cells = corpora.flatMap((corpus) =>
    study.measures.flatMap((measure) => {
      const cell = emptyCell(study, pair, corpus, measure, sha256);
      const found = knownCell(known, cell);
      if (found === null && !measures.includes(measure)) return [];
      return [{ ...cell, ...found, ...headOf(cell) }];
    }),
  );
  return { pair, corpora, sha256, cells };
}

/** What a study may change without changing a number. */
function headOf({ category, standsFor }: ResultCell) {
  return { category, standsFor };
}

async function runPair(
  request: StudyRequest,
  { pair, corpora, sha256, cells }: PairWork,
  result: StudyResult,
  progress: StudyPace,
): Promise<void> {
  const { study, engines, options, listener, journal, signal } = request;
  const paths = new Map(pair.stages.map(({ name, path }) => [name, path]));
  const models = new HeldModels(engines, paths, () => loadOptions(study, options, signal));
  const measuring = (corpus: SurveyedCorpus) => ({
    models,
    sha256,
    windows: study.windows,
    documents: documentsOf(corpus, signal),
    onDone() {
      progress.moved();
      listener.onResult(result);
    },
    journal,
    signal,
  });
  for (const corpus of corpora) {
    const { name } = corpus.corpus;
    const waiting = cells
      .filter(isWanted(request))
      .filter(({ corpus: of, isComplete }) => of === name && !isComplete);
    const gold = equallyFar(waiting.filter(({ measure }) => measure !== "own"));
    const own = waiting.filter(({ measure }) => measure === "own");
    await attempt(listener, placeName(pair.name, name), async () => {
      for (const together of gold) await measureGold({ ...measuring(corpus), cells: together });
      for (const cell of own) {
        await measureOwn({ ...measuring(corpus), cell, own: study.own, seed: study.seed });
      }
    });
    listener.onResult(result);
    // A model that can't be loaded fails at every corpus.
    if (models.failure !== null) return;
  }
  await models.release();
}

/** Whether a cell is measured this time. */
function isWanted({ measures }: StudyRequest): (cell: ResultCell) => boolean {
  return ({ measure }) => measures.includes(measure);
}

/** Cells that are measured in one pass: those that have come equally far. */
function equallyFar(cells: readonly ResultCell[]): ResultCell[][] {
  const places = [...new Set(cells.map(doneOf))];
  return places.map((place) => cells.filter((cell) => doneOf(cell) === place));
}

/** Tokens decoded at a time: as many as ever. It is part of the result, so it does not depend on a measurement. */
const BATCH = 512;

/** For keys and values of short documents that are decoded together. */
const PACK_BYTES = 2 ** 28;

function loadOptions(
  { windows }: Study,
  { gpu, threads }: Pick<LoadOptions, "gpu" | "threads">,
  signal: AbortSignal,
): LoadOptions {
  return {
    gpu,
    ...(threads !== undefined && { threads }),
    window: windows.window,
    batch: BATCH,
    compatible: windows.mode === "llama.cpp-compatible",
    windowMemoryBytes: PACK_BYTES,
    signal,
  };
}
