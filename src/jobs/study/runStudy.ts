import { availableParallelism } from "node:os";
import type { LoadOptions } from "../../engine/engine";
import { cancelled, isCancelled } from "../../engine/errors";
import type { Study } from "../../formats/study/study";
import { RESULT_VERSION, type ResultCell, type StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import { type EngineInUse, HeldModels } from "../models/heldModels";
import type { RunAnalyser } from "../runs/workerClient";
import { inOrder, placeName } from "./cells";
import { doneOf, measureGold } from "./goldPass";
import { measureOwn } from "./ownPass";
import {
  type PairWork,
  planPair,
  planRecorded,
  type RecordedWork,
  type Surveyed,
  unplanned,
} from "./planStudy";
import { Analysers } from "./samples/analysers";
import { type SurveyedPrompts, surveyPrompts, surveySamples } from "./samples/promptSets";
import { measureRecorded } from "./samples/recordedPass";
import { SampleRuns } from "./samples/sampleRuns";
import { measureSamples } from "./samples/samplesPass";
import { measureShannon } from "./shannonPass";
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
  /** A thread that aligns samples. */
  readonly startAnalyser: () => RunAnalyser;
  /** Where runs of the samples that are compared are kept; null: nowhere, and no bits of anchors are measured. */
  readonly runsFolder: string | null;
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
  const surveyed = await surveyAll(request);
  const result: StudyResult = {
    format: "twinlens-study-results",
    version: RESULT_VERSION,
    twinlensVersion,
    study: study.name,
    cells: [],
  };
  const works: PairWork[] = [];
  for (const pair of study.pairs) {
    const work = await attempt(listener, pair.name, () => planPair(request, pair, surveyed));
    if (work !== null) works.push(work);
  }
  const recorded = surveyed.recorded.flatMap((set) => planRecorded(request, set) ?? []);
  const planned = [...works.flatMap(({ cells }) => cells), ...recorded.map(({ cell }) => cell)];
  result.cells = inOrder(study, [...planned, ...unplanned(request, planned, works)]);
  listener.onResult(result);
  const progress = new StudyPace(study, planned.filter(isWanted(request)), listener.onProgress);
  const analysers = new Analysers(request.startAnalyser, availableParallelism());
  const running: Running = { request, surveyed, result, progress, analysers };
  try {
    for (const work of recorded) await runRecorded(running, work);
    for (const work of works) {
      await attempt(listener, work.pair.name, () => runPair(running, work));
      if (signal.aborted) throw cancelled();
    }
  } finally {
    await analysers.dispose();
  }
  return result;
}

async function surveyAll(request: StudyRequest): Promise<Surveyed> {
  const { study, folder, signal } = request;
  const tried = async <T extends { readonly warnings: readonly string[] }>(
    sets: readonly { readonly name: string }[],
    survey: (number: number) => Promise<T>,
  ) => {
    const found: T[] = [];
    for (const [i, { name }] of sets.entries()) {
      const one = await attempt(request.listener, name, () => survey(i));
      if (one === null) continue;
      one.warnings.forEach((warning) => request.listener.onWarning(`${name}: ${warning}`));
      found.push(one);
    }
    return found;
  };
  const { corpora, prompts, recorded } = study;
  return {
    corpora: await tried(corpora, (i) => surveyCorpus(corpora[i]!, folder, signal)),
    prompts: await tried(prompts, (i) => surveyPrompts(prompts[i]!, folder)),
    recorded: await tried(recorded, (i) => surveySamples(recorded[i]!, folder)),
  };
}

/** A study while it is measured. */
interface Running {
  readonly request: StudyRequest;
  readonly surveyed: Surveyed;
  readonly result: StudyResult;
  readonly progress: StudyPace;
  readonly analysers: Analysers;
}

/** Tells of more. */
function tellerOf({ request, result, progress }: Running): () => void {
  return () => {
    progress.moved();
    request.listener.onResult(result);
  };
}

function runsOf({ request }: Running): SampleRuns {
  return new SampleRuns(request.runsFolder, request.listener.onWarning);
}

async function runRecorded(running: Running, { surveyed, cell }: RecordedWork): Promise<void> {
  const { request, analysers } = running;
  if (cell.isComplete || !isWanted(request)(cell)) return;
  await attempt(request.listener, cell.corpus, () =>
    measureRecorded({
      cell,
      surveyed,
      analysers,
      runs: runsOf(running),
      hasChance: request.study.samples.chance,
      onDone: tellerOf(running),
      signal: request.signal,
    }),
  );
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

async function runPair(running: Running, { pair, sha256, cells }: PairWork): Promise<void> {
  const { request, surveyed, result, analysers } = running;
  const { study, engines, options, listener, journal, signal } = request;
  const paths = new Map(pair.stages.map(({ name, path }) => [name, path]));
  const models = new HeldModels(engines, paths, () => loadOptions(study, options, signal));
  const onDone = tellerOf(running);
  const waitingFor = (place: string) =>
    cells.filter(isWanted(request)).filter((cell) => cell.corpus === place && !cell.isComplete);
  const measureTexts = async (corpus: SurveyedCorpus) => {
    const measuring = () => ({
      models,
      sha256,
      windows: study.windows,
      documents: documentsOf(corpus, signal),
      onDone,
      journal,
      signal,
    });
    const waiting = waitingFor(corpus.corpus.name);
    const of = (wanted: Measure) => waiting.filter(({ measure }) => measure === wanted);
    const [own, shannon] = [of("own"), of("shannon")];
    const gold = equallyFar(waiting.filter((cell) => ![...own, ...shannon].includes(cell)));
    for (const together of gold) await measureGold({ ...measuring(), cells: together });
    for (const cell of own) {
      await measureOwn({ ...measuring(), cell, own: study.own, seed: study.seed });
    }
    for (const cell of shannon) await measureShannon({ ...measuring(), cell });
  };
  const drawSamples = async ({ corpus, prompts }: SurveyedPrompts) => {
    for (const cell of waitingFor(corpus.name)) {
      const { samples: settings, seed } = study;
      const runs = runsOf(running);
      const drawing = { pair, models, sha256, settings, seed, prompts, analysers, runs };
      await measureSamples({ ...drawing, cell, onDone, signal });
    }
  };
  const steps = [
    ...surveyed.corpora.map((corpus) => [corpus.corpus.name, () => measureTexts(corpus)] as const),
    ...surveyed.prompts.map((set) => [set.corpus.name, () => drawSamples(set)] as const),
  ];
  for (const [name, step] of steps) {
    await attempt(listener, placeName(pair.name, name), step);
    listener.onResult(result);
    // A model that can't be loaded fails everywhere.
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
