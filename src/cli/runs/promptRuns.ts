/** Runs of many prompts, from drawing to anchors: the jobs of `jobs/runs`, told on a terminal. */
import { type ChosenModel, type ModelIdentity, sameModel } from "../../protocol/modelIdentity";
import { ROLES, ROLE_NAMES } from "../../protocol/roles";
import { DEFAULT_ANCHORS } from "../../analysis/samples/anchors";
import { startEngine } from "../../engine/local/client";
import { cancelled } from "../../engine/errors";
import { modelAt, modelDigest, type ModelDigests } from "../../engine/modelFiles";
import { alignRuns, alignRunsByMafft } from "../../jobs/runs/alignRuns";
import { countTokens, drawRuns } from "../../jobs/runs/drawRuns";
import type { Drawing, RunJob } from "../../jobs/runs/runJob";
import { type RunEvent, RunWork } from "../../jobs/runs/runWork";
import { scoreRuns } from "../../jobs/runs/scoreRuns";
import { INSTRUCTION_FRAME, RAW_FRAME } from "../../jobs/runs/settings";
import { type RunAnalyser, startAnalyser } from "../../jobs/runs/workerClient";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { Run } from "../../formats/run";
import { chanceOfPrompts, type SetChance } from "./chance";
import { firstSamples, keptRun, type PairIdentities, saveImported } from "./keptRuns";
import type { ChosenModels } from "../arguments/modelPaths";
import { modelsInTurn } from "./modelsInTurn";
import type { Progress } from "../output/progress";
import type { DrawOptions } from "../arguments/runArguments";

export interface Surroundings {
  /** The aligning thread's file, `dist/alignment.mjs`. */
  readonly analyserScript: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface RunsRequest extends Surroundings {
  readonly prompts: readonly string[];
  readonly options: DrawOptions;
  readonly models: ChosenModels;
  /** The engine's file, `dist/engine.mjs`. */
  readonly engineScript: string;
  /** Of llama.cpp's builds for GPUs; null: none. */
  readonly gpuFolder: string | null;
  /** Told of what does not keep the prompts from being drawn. */
  readonly warn: (message: string) => void;
}

/** Runs in which all that was wanted has been looked for. */
export interface AnalysedPrompts {
  readonly works: readonly RunWork[];
  readonly chance: SetChance;
}

/** What is looked for in runs. */
export interface Wanted {
  readonly anchors: AnchorOptions;
  /** MAFFT's program; empty: none. */
  readonly mafft: string;
  /** Score the samples under both models, for the bits of anchors. */
  readonly bits: boolean;
  /** Find what overlap is by chance. */
  readonly chance: boolean;
}

/**
 * Draws every prompt under one model, then under the other, and counts n-grams. With a folder for runs, what is there
 * already is not done again, and what is found is saved as it comes: an interruption or a failure leaves all of it,
 * `kill -9` all but the last seconds'.
 * @returns a run for each prompt, with as many samples as were asked for
 * @throws EngineError, `Cancelled` after an interruption; RunFileError for a file that can't be used; what the file
 * system has against saving
 */
export async function drawPrompts(request: RunsRequest): Promise<Run[]> {
  const { works } = await onDrawnRuns(request, DEFAULT_ANCHORS, () => Promise.resolve({}));
  return works.map(({ run }) => run);
}

/** Draws as {@link drawPrompts} does, scores the samples if wanted, aligns them and finds their anchors. */
export function analysePrompts(request: RunsRequest, wanted: Wanted): Promise<AnalysedPrompts> {
  return onDrawnRuns(request, wanted.anchors, async (works, job, analyser) => {
    if (wanted.bits) await scoreRuns(works, job);
    return align(works, wanted, analyser, request);
  });
}

/**
 * Aligns the samples of runs that come from elsewhere, and finds their anchors.
 * @param folder keeps the runs; null: none
 */
export async function analyseImported(
  runs: readonly Run[],
  wanted: Wanted,
  folder: string | null,
  surroundings: Surroundings,
): Promise<AnalysedPrompts> {
  const { analyserScript, progress } = surroundings;
  const analyser = startAnalyser(analyserScript);
  const { anchors } = wanted;
  const works = runs.map((run, i) => {
    const tell = teller(progress, run, run.settings.samples, i, runs.length);
    const save = () => saveImported(folder, run);
    return new RunWork(run, { analyser, anchors, tell, save });
  });
  try {
    return { works, chance: await align(works, wanted, analyser, surroundings) };
  } finally {
    progress.clear();
    await analyser.dispose();
    await finishAll(works);
  }
}

async function align(
  works: readonly RunWork[],
  wanted: Wanted,
  analyser: RunAnalyser,
  { progress, signal }: Surroundings,
): Promise<SetChance> {
  await alignRuns(works, signal);
  await alignRunsByMafft(works, wanted.mafft, signal);
  const chance = wanted.chance ? await chanceOfPrompts(works, analyser, progress, signal) : {};
  if (signal.aborted) throw cancelled();
  return chance;
}

/** @returns the work on each prompt's run, and the chance level that `then` finds */
async function onDrawnRuns(
  request: RunsRequest,
  anchors: AnchorOptions,
  then: (works: readonly RunWork[], job: RunJob, analyser: RunAnalyser) => Promise<SetChance>,
): Promise<AnalysedPrompts> {
  const { options, models, prompts, progress, signal } = request;
  const identities = {
    base: await identify(models.base),
    rlhf: await identify(models.rlhf),
  };
  const analyser = startAnalyser(request.analyserScript);
  const kept = await openRuns(request, identities, anchors, analyser);
  const engine = startEngine({ script: request.engineScript, gpuFolder: request.gpuFolder });
  const { gpu, threads } = options;
  const loading = { gpu, threads, window: 0, batch: 0, windowMemoryBytes: 0 };
  const job: RunJob = {
    models: modelsInTurn(engine, models, loading),
    digests: knownDigests(identities),
    samples: options.samples,
    width: options.width || null,
    drawing: () => drawingOf(options),
    signal,
  };
  const shown = new Map<string, RunWork>();
  try {
    await drawRuns([...kept.values()], job);
    for (const [prompt, work] of kept) shown.set(prompt, ofFirst(work, options.samples, analyser));
    await countTokens([...shown.values()], job);
    const chance = await then([...shown.values()], job, analyser);
    return { works: prompts.map((prompt) => shown.get(prompt)!), chance };
  } finally {
    progress.clear();
    engine.dispose();
    await analyser.dispose();
    await finishAll(shown.values());
    await finishAll(kept.values());
  }
}

/** Saves what has not been saved; nothing is written later. */
async function finishAll(works: Iterable<RunWork>): Promise<void> {
  for (const { saver } of works) await saver.finish();
}

/** The work on the run of each prompt, in the order of the prompts. */
async function openRuns(
  { options, prompts, progress, warn }: RunsRequest,
  identities: PairIdentities,
  anchors: AnchorOptions,
  analyser: RunAnalyser,
): Promise<Map<string, RunWork>> {
  const works = new Map<string, RunWork>();
  for (const [i, prompt] of prompts.entries()) {
    if (works.has(prompt)) continue;
    const { run, file } = await keptRun(options, identities, prompt, warn);
    const save = async () => {
      if (run.rlhf ?? run.base) await file?.save(run);
    };
    const tell = teller(progress, run, options.samples, i, prompts.length);
    works.set(prompt, new RunWork(run, { analyser, anchors, tell, save }));
  }
  return works;
}

/** The work on the first samples of a run that may have more; their scores are saved, what else is found is not. */
function ofFirst(work: RunWork, samples: number, analyser: RunAnalyser): RunWork {
  const run = firstSamples(work.run, samples);
  if (run.rlhf === work.run.rlhf && run.base === work.run.base) return work;
  const { options: anchors, tell, saver } = work;
  return new RunWork(run, { analyser, anchors, tell, save: () => saver.save() });
}

/** Shows how far the work on the run of prompt number `prompt` of `prompts` is. */
function teller(
  progress: Progress,
  run: Run,
  samples: number,
  prompt: number,
  prompts: number,
): (event: RunEvent) => void {
  const place = `prompt ${prompt + 1} of ${prompts}`;
  const show = (what: string, fraction: number) =>
    progress.show(what, (prompt + fraction) / prompts);
  return (event) => {
    if (event.type === "sample") {
      const { role } = event;
      const done = run[role]!.samples.filter(({ index }) => index < samples).length;
      show(`${ROLE_NAMES[role]}  ${place}, sample ${done} of ${samples}`, done / samples);
    }
    if (event.type === "drawingChance") {
      show(`Chance of overlap in ${ROLE_NAMES[event.role]}  ${place}`, event.fraction);
    }
    if (event.type !== "progress") return;
    const step = event.progress;
    if (step.kind === "scoring") show(`Scoring ${ROLE_NAMES[step.role]}  ${place}`, step.fraction);
    if (step.kind === "aligning")
      show(`Aligning ${ROLE_NAMES[step.role]}  ${place}`, step.fraction ?? 0);
  };
}

/** By its digest, which names the files of runs. */
async function identify(chosen: ChosenModel | null): Promise<ModelIdentity | null> {
  if (chosen === null) return null;
  const model = modelAt(chosen);
  return { ...model.identity, sha256: await modelDigest(model) };
}

function knownDigests(identities: PairIdentities): ModelDigests {
  const pair = ROLES.flatMap((role) => identities[role] ?? []);
  return {
    known: ({ identity }) =>
      Promise.resolve(pair.find((one) => sameModel(one, identity))?.sha256 ?? null),
    of: modelDigest,
  };
}

function drawingOf({ chat, frame, samplers }: DrawOptions): Drawing {
  return { chat, baseFrame: frame ? INSTRUCTION_FRAME : RAW_FRAME, samplers };
}
