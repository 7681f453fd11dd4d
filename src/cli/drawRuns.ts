import { createHash } from "node:crypto";
import { join } from "node:path";
import { startEngine } from "../engine/client";
import type { Engine, LoadOptions } from "../engine/engine";
import { cancelled } from "../engine/errors";
import { modelDigest } from "../engine/modelFiles";
import type { Run } from "../protocol/generations";
import type { Role } from "../protocol/scores";
import { countNgrams } from "../runs/baseTokens";
import { drawRole } from "../runs/draw";
import { newRun } from "../runs/newRun";
import { NAMES, ROLES } from "../runs/roles";
import { createSaver } from "../runs/saver";
import { type DrawSettings, INSTRUCTION_FRAME, RAW_FRAME } from "../runs/settings";
import type { ModelPaths } from "./models";
import type { Progress } from "./progress";
import type { DrawOptions } from "./runArguments";
import { RunFile } from "./runFile";

export interface RunsRequest {
  readonly prompts: readonly string[];
  readonly options: DrawOptions;
  readonly models: ModelPaths;
  readonly engineScript: string;
  readonly progress: Progress;
  /** Called with problems that do not stop the drawing. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** SHA-256 of the models in use; null: none. */
export type ModelDigests = Readonly<Record<Role, string | null>>;

/** A prompt's run, and the file that keeps it. */
interface KeptRun {
  readonly run: Run;
  readonly file: RunFile | null;
}

/**
 * Draws every prompt under one model, then under the other. With a folder for runs, what is there already is not drawn
 * again, and what is drawn is saved as it comes: an interruption or a failure leaves all of it, `kill -9` all but the
 * last seconds'.
 * @throws EngineError, `Cancelled` after an interruption; Failure for a file that can't be used; the file system's error
 * when saving fails
 */
export async function drawRuns(request: RunsRequest): Promise<Run[]> {
  const { options, models, prompts } = request;
  const digests: ModelDigests = {
    base: models.base && (await modelDigest(models.base)),
    rlhf: models.rlhf && (await modelDigest(models.rlhf)),
  };
  const runOf = new Map<string, KeptRun>();
  for (const prompt of prompts) {
    if (!runOf.has(prompt)) runOf.set(prompt, await keptRun(request, digests, prompt));
  }
  const kept = prompts.map((prompt) => runOf.get(prompt)!);
  const engine = startEngine({ script: request.engineScript });
  try {
    for (const role of ROLES) {
      const path = models[role];
      if (path !== null) await drawPrompts(request, engine, role, path, digests[role], kept);
    }
    const runs = kept.map(({ run }) => firstSamples(run, options.samples));
    if (models.base !== null) await countTokens(request, engine, models.base, runs);
    return runs;
  } finally {
    request.progress.clear();
    engine.dispose();
  }
}

/** Puts each prompt's missing samples of one model into its run. */
async function drawPrompts(
  { options, progress, signal }: RunsRequest,
  engine: Engine,
  role: Role,
  path: string,
  sha256: string | null,
  kept: readonly KeptRun[],
): Promise<void> {
  const isMissing = ({ run }: KeptRun) => have(run, role, options.samples) < options.samples;
  if (!kept.some(isMissing)) return;
  const model = await engine.load(path, loading(options, signal));
  for (const [i, { run, file }] of kept.entries()) {
    if (!isMissing({ run, file })) continue;
    let count = have(run, role, options.samples);
    if (count > 0) run.settings.resumed = true;
    const failed = new AbortController();
    const saver = createSaver(
      async () => file?.save(run),
      (error) => failed.abort(error),
    );
    try {
      await drawRole({
        engine,
        role,
        model,
        sha256,
        prompt: run.prompt,
        settings: drawSettings(options, run),
        earlier: run[role],
        onStart: (started, width) => {
          run[role] = started;
          run.settings.width = width;
        },
        onSample: () => {
          const what = `${NAMES[role]}  prompt ${i + 1} of ${kept.length}, sample ${++count} of ${options.samples}`;
          progress.show(what, (i + count / options.samples) / kept.length);
          saver.changed();
        },
        signal: AbortSignal.any([signal, failed.signal]),
      });
    } finally {
      if (run[role] !== null) await saver.save();
    }
    failed.signal.throwIfAborted();
    if (signal.aborted) throw cancelled();
  }
  await engine.unload(model.id);
}

/** Counts n-grams in the base model's tokens where that is not done. */
async function countTokens(
  { options, signal }: RunsRequest,
  engine: Engine,
  path: string,
  runs: readonly Run[],
): Promise<void> {
  const missing = runs.flatMap((run) =>
    ROLES.flatMap((role) => run[role] ?? []).filter(({ ngrams }) => ngrams === null),
  );
  if (missing.length === 0) return;
  const base = await engine.load(path, loading(options, signal));
  for (const drawn of missing) {
    drawn.ngrams = await countNgrams(engine, base, drawn.samples, signal);
  }
  await engine.unload(base.id);
}

function loading({ gpu, threads }: DrawOptions, signal: AbortSignal): LoadOptions {
  return { gpu, threads, window: 0, batch: 0, windowMemoryBytes: 0, signal };
}

function drawSettings(options: DrawOptions, run: Run): DrawSettings {
  const { samples, seed, maxTokens, frame, chat, samplers } = options;
  const baseFrame = frame ? INSTRUCTION_FRAME : RAW_FRAME;
  const { width } = run.settings;
  const clock = Date.parse(run.created) || Date.now();
  return { samples, seed, width, maxTokens, baseFrame, chat, clock, samplers };
}

/** What the folder of runs has of a prompt, or a run of which nothing is drawn. */
async function keptRun(
  { options, warn }: RunsRequest,
  digests: ModelDigests,
  prompt: string,
): Promise<KeptRun> {
  const { samples, seed, width, maxTokens } = options;
  const path = runFile(options, digests, prompt);
  const file = path === null ? null : new RunFile(path, prompt, warn);
  const run =
    (await file?.read()) ?? newRun(prompt, { samples, seed, width: width || null, maxTokens });
  run.settings.samples = Math.max(run.settings.samples, samples);
  return { run, file };
}

/** How many of the first `samples` samples are there. */
function have(run: Run, role: Role, samples: number): number {
  return run[role]?.samples.filter(({ index }) => index < samples).length ?? 0;
}

/** A run as if no more samples had been asked for. */
function firstSamples(run: Run, samples: number): Run {
  const first = (drawn: Run[Role]): Run[Role] => {
    const kept = drawn?.samples.filter(({ index }) => index < samples) ?? [];
    if (!drawn || kept.length === drawn.samples.length) return drawn;
    return { ...drawn, samples: kept, alignment: null, mafft: null, anchors: null, ngrams: null };
  };
  const settings = { ...run.settings, samples };
  return { ...run, settings, rlhf: first(run.rlhf), base: first(run.base) };
}

/**
 * The file in the folder of runs, if there is one. It is named after a digest of all that decides on a sample, so that
 * other settings or models never get each other's, and a prompt never becomes a path.
 */
export function runFile(
  { runs, seed, width, maxTokens, frame, chat, samplers }: DrawOptions,
  digests: ModelDigests,
  prompt: string,
): string | null {
  if (runs === null) return null;
  const origin = JSON.stringify([
    prompt,
    seed,
    width,
    maxTokens,
    frame,
    samplers,
    digests.base,
    digests.rlhf,
    chat,
  ]);
  const digest = createHash("sha256").update(origin).digest("hex").slice(0, 16);
  return join(runs, `${digest}.twinlens.json`);
}
