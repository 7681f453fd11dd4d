/** All that is measured of a pair: place by place, where what one place fails at concerns no other. */
import type { LoadOptions } from "../../engine/engine";
import type { Study } from "../../formats/study/study";
import type { ResultCell } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import { HeldModels } from "../models/heldModels";
import { bareDigests, tellerOfAdapters } from "./adapterOrigins";
import { isGold, placeName } from "./cells";
import { doneOf, measureGold } from "./goldPass";
import { measureOwn } from "./ownPass";
import type { PairWork } from "./planStudy";
import { placeOfDocuments, placeOfPrompts } from "./probes/probedPlaces";
import { measureProbesOf } from "./probes/probesPass";
import type { ProbesPass } from "./probes/probesWork";
import { measureReadaptation } from "./readaptation/readaptationPass";
import { withFolder } from "./readaptation/adaptersFolder";
import type { SurveyedPrompts } from "./samples/promptSets";
import { measureSamples } from "./samples/samplesPass";
import { measureShannon } from "./shannonPass";
import { attempt, isWanted, runsOf, type StudyWork, tellerOf } from "./studyWork";
import { documentsOf, type SurveyedCorpus } from "./survey";
import { heldOutIn } from "./tradeoff/sources";
import { measureTradeoff } from "./tradeoff/tradeoffPass";

/** @throws EngineError `Cancelled` */
export async function runPair(study: StudyWork, work: PairWork): Promise<void> {
  const { request, surveyed, result } = study;
  const { pair } = work;
  const chosen = new Map(pair.stages.map((stage) => [stage.name, stage]));
  const models = new HeldModels(
    request.engines,
    chosen,
    () => loadOptions(request.study, request.options, request.signal),
    bareDigests(work, request.digest),
  );
  const tellOfAdapters = tellerOfAdapters((caution) =>
    request.listener.onWarning(`${pair.name}: ${caution}.`),
  );
  const at: PairAtWork = { study, work, models };
  const steps = [
    ...surveyed.corpora.map(
      (corpus) => [corpus.corpus.name, () => measureTexts(at, corpus)] as const,
    ),
    ...surveyed.prompts.map((set) => [set.corpus.name, () => measurePrompts(at, set)] as const),
  ];
  for (const [name, step] of steps) {
    await attempt(request.listener, placeName(pair.name, name), step);
    tellOfAdapters(models.roles.flatMap((stage) => models.factsOf(stage) ?? []));
    request.listener.onResult(result);
    // A model that can't be loaded fails everywhere.
    if (models.failure !== null) return;
  }
  await models.release();
}

/** A pair while it is measured. */
interface PairAtWork {
  readonly study: StudyWork;
  readonly work: PairWork;
  readonly models: HeldModels<string>;
}

async function measureTexts(at: PairAtWork, corpus: SurveyedCorpus): Promise<void> {
  const { study, work, models } = at;
  const { study: settings, journal, signal } = study.request;
  const { windows, own, seed } = settings;
  const measuring = () => ({
    models,
    sha256: work.sha256,
    windows,
    documents: documentsOf(corpus, signal),
    onDone: tellerOf(study),
    journal,
    signal,
  });
  const waiting = waitingFor(at, corpus.corpus.name);
  const of = (wanted: Measure) => waiting.filter(({ measure }) => measure === wanted);
  const gold = equallyFar(waiting.filter(isGold));
  for (const together of gold) await measureGold({ ...measuring(), cells: together });
  for (const cell of of("own")) await measureOwn({ ...measuring(), cell, own, seed });
  for (const cell of of("shannon")) await measureShannon({ ...measuring(), cell });
  for (const cell of of("probes")) {
    const place = await placeOfDocuments(documentsOf(corpus, signal), settings);
    await measureProbesOf({ ...probing(at), cell, place });
  }
  for (const cell of of("readaptation")) await adaptTo(at, corpus, cell);
}

async function adaptTo(
  { study, work, models }: PairAtWork,
  corpus: SurveyedCorpus,
  cell: ResultCell,
): Promise<void> {
  const { study: settings, adaptersFolder, listener, signal } = study.request;
  await withFolder(adaptersFolder, (folder) =>
    measureReadaptation({
      cell,
      models,
      stages: work.pair.stages,
      sha256: work.sha256,
      settings: settings.readaptation,
      seed: settings.seed,
      documents: () => documentsOf(corpus, signal),
      folder,
      isKept: adaptersFolder !== null,
      onDone: tellerOf(study),
      onStep: (share) => study.progress.wentOn(cell, share),
      onFault: (document, error) => listener.onWarning(`${document}: ${error.message}`),
      onWarning: listener.onWarning,
      signal,
    }),
  );
}

async function measurePrompts(at: PairAtWork, { corpus, prompts }: SurveyedPrompts): Promise<void> {
  const { study, work, models } = at;
  const { study: settings, signal } = study.request;
  const waiting = waitingFor(at, corpus.name);
  for (const cell of waiting.filter(({ measure }) => measure === "samples")) {
    await measureSamples({
      cell,
      pair: work.pair,
      models,
      sha256: work.sha256,
      settings: settings.samples,
      seed: settings.seed,
      prompts,
      analysers: study.analysers,
      runs: runsOf(study),
      onDone: tellerOf(study),
      signal,
    });
  }
  for (const cell of waiting.filter(({ measure }) => measure === "probes")) {
    const place = placeOfPrompts(prompts, settings.probes);
    await measureProbesOf({ ...probing(at), cell, place });
  }
  for (const cell of waiting.filter(({ measure }) => measure === "tradeoff")) {
    await trainOnOwn(at, prompts, cell);
  }
}

async function trainOnOwn(
  { study, work, models }: PairAtWork,
  prompts: SurveyedPrompts["prompts"],
  cell: ResultCell,
): Promise<void> {
  const { study: settings, adaptersFolder, listener, signal, ...request } = study.request;
  const { tradeoff, windows, seed } = settings;
  await withFolder(adaptersFolder, (folder) =>
    measureTradeoff({
      cell,
      ...{ pair: work.pair, pairModels: models, sha256: work.sha256, sources: work.sources },
      engines: request.engines,
      options: loadOptions(settings, request.options, signal),
      ...{ settings: tradeoff, windows, seed, prompts },
      heldOut: heldOutIn(study.surveyed.corpora).map((corpus) => ({
        name: corpus.corpus.name,
        documents: () => documentsOf(corpus, signal),
      })),
      analysers: study.analysers,
      folder,
      isKept: adaptersFolder !== null,
      onDone: tellerOf(study),
      save: request.save ?? (() => Promise.resolve()),
      onShare: (share) => study.progress.wentOn(cell, share),
      onWarning: listener.onWarning,
      signal,
    }),
  );
}

function probing({ study, work, models }: PairAtWork): Omit<ProbesPass, "cell" | "place"> {
  const { study: settings, signal } = study.request;
  return {
    models,
    sha256: work.sha256,
    settings: settings.probes,
    seed: settings.seed,
    window: settings.windows.window,
    analysers: study.analysers,
    onDone: tellerOf(study),
    signal,
  };
}

function waitingFor({ study, work }: PairAtWork, place: string): ResultCell[] {
  const { cells } = work;
  return cells
    .filter(isWanted(study.request))
    .filter(({ corpus, isComplete }) => corpus === place && !isComplete);
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
