import type { Engine, LoadedModel, LoadOptions } from "../../engine/engine";
import { Engines } from "../../engine/local/engines";
import type { CorpusDocument } from "../../jobs/corpora/corpus";
import { readTexts } from "../../jobs/corpora/readTexts";
import { BEGINNING_WORDS, readAfter, writeAfter } from "../../jobs/inside/afterBeginnings";
import { type Beginnings, beginningsOf } from "../../jobs/inside/beginnings";
import type { DrawnText } from "../../jobs/inside/drawTexts";
import { givenTexts } from "../../jobs/inside/givenTexts";
import { measureProbes, type ProbesFound } from "../../jobs/inside/measureProbes";
import { withStatesFile } from "../../jobs/inside/statesFolder";
import { type ChosenModel, isSameChoice } from "../../protocol/modelIdentity";
import type { ProbeOptions, WrittenOptions } from "../arguments/probeArguments";
import { ExitCode, Failure } from "../exit";
import type { ProbedTexts } from "../../jobs/inside/probedTexts";
import { Problems } from "../output/problems";
import { toProbeJson, toProbeTable } from "../output/probe";
import { createProgress, type Progress } from "../output/progress";
import type { EngineSurroundings } from "./surroundings";

export interface ProbeModels {
  readonly reader: ChosenModel;
  /** null: nothing is generated. */
  readonly writer: ChosenModel | null;
}

/**
 * Reads a model's states in texts, fits probes to them, and writes what they find.
 * @returns the exit code
 */
export async function probe(
  options: ProbeOptions,
  models: ProbeModels,
  surroundings: EngineSurroundings,
): Promise<number> {
  const { messages, engineScript, gpuFolder, print, signal } = surroundings;
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const engines = new Engines({ script: engineScript, gpuFolder });
  const job: ProbeJob = { options, models, engine: engines.current(), progress, problems, signal };
  try {
    const { model, texts, found } = await probeTexts(job);
    progress.clear();
    if (found.text.lensFault !== null) problems.warn(`Future Lens: ${found.text.lensFault}`);
    await print(
      options.format === "json"
        ? toProbeJson(model, texts.unit, found, options)
        : toProbeTable(model, texts.unit, found),
    );
    return ExitCode.Success;
  } finally {
    progress.clear();
    engines.dispose();
  }
}

interface ProbeJob {
  readonly options: ProbeOptions;
  readonly models: ProbeModels;
  readonly engine: Engine;
  readonly progress: Progress;
  readonly problems: Problems;
  readonly signal: AbortSignal;
}

async function probeTexts(job: ProbeJob): Promise<{
  readonly model: LoadedModel;
  readonly texts: ProbedTexts;
  readonly found: ProbesFound;
}> {
  const { options, models, engine, progress, signal } = job;
  const { written, layer } = options;
  // What is written first needs no room beside the model that reads.
  const drawn = written && (await write(job, written));
  const model = await load(job, models.reader);
  checkLayer(layer, model);
  const texts = drawn
    ? await readAfter({ engine, model, ...drawn, signal })
    : await givenTexts({
        ...job,
        model,
        documents: documentsOf(job),
        tokens: options.tokens,
        ahead: Math.max(...options.ahead),
        onTokens: (tokens) => progress.show("Reading", Math.min(1, tokens / options.tokens)),
      });
  const found = await withStatesFile((statesPath) =>
    measureProbes({
      engine,
      model,
      writer: drawn && drawn.writer,
      reader: model.facts.name,
      texts,
      layer: layer === "all" ? null : layer,
      byLayer: layer === "all",
      ahead: options.ahead,
      seed: options.seed,
      statesPath,
      onProgress: (fraction) => progress.show("Probing", fraction),
      signal,
    }),
  );
  return { model, texts, found };
}

/** @throws Failure where the model has no such layer */
function checkLayer(layer: ProbeOptions["layer"], { shape, facts }: LoadedModel): void {
  if (layer === null || layer === "all" || layer <= shape.layers) return;
  throw new Failure(`${facts.name} has ${shape.layers} layers: --layer is one of these, or "all".`);
}

function load(
  { options, engine, progress, signal }: ProbeJob,
  { path, adapter }: ChosenModel,
): Promise<LoadedModel> {
  const { gpu, threads } = options;
  const how: LoadOptions = { gpu, threads, window: 0, batch: 0, windowMemoryBytes: 0, adapter };
  return engine.load(path, {
    ...how,
    onProgress: (fraction) => progress.show(`Loading ${path}`, fraction),
    signal,
  });
}

function documentsOf({ options, problems, signal }: ProbeJob): AsyncGenerator<CorpusDocument> {
  const { texts, column, lines, encoding } = options;
  const warn = (warning: string) => problems.warn(warning);
  return readTexts(texts, { column, lines, encoding }, warn, signal);
}

/** What a model has written, and after what. */
interface Written {
  /** Its name. */
  readonly writer: string;
  readonly beginnings: Beginnings;
  readonly texts: readonly DrawnText[];
}

async function write(job: ProbeJob, written: WrittenOptions): Promise<Written> {
  const { options, models, engine, progress, signal } = job;
  const { seed } = options;
  const beginnings = await beginningsOf(documentsOf(job), {
    words: BEGINNING_WORDS,
    stride: BEGINNING_WORDS + written.maxTokens,
    most: written.beginnings,
  });
  const model = await load(job, models.writer!);
  const onProgress = (fraction: number) => progress.show("Generating", fraction);
  const after = { engine, model, beginnings, seed, onProgress, signal };
  const texts = await writeAfter({ ...written, ...after });
  if (!isSameChoice(models.writer!, models.reader)) await engine.unload(model.id);
  return { writer: model.facts.name, beginnings, texts };
}
