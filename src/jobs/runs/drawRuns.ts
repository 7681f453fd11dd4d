import { ROLES, type Role } from "../../protocol/roles";
import { cancelled } from "../../engine/errors";
import type { RunProgress } from "../../protocol/anchorViews";
import { modelSource, type Run } from "../../formats/run";
import { countNgrams } from "./baseTokens";
import { checkSameModel, drawRole, toRunModel } from "./draw";
import { scorerOf } from "./scorers";
import { drawSettings, type RunJob } from "./runJob";
import type { RunWork } from "./runWork";

/**
 * Draws the samples that runs lack: all runs under one model, then under the next. What is drawn is saved as it comes.
 * @throws EngineError, `Cancelled` on the job's signal; OtherRunError; what keeps a run from being saved
 */
export async function drawRuns(works: readonly RunWork[], job: RunJob): Promise<void> {
  const { models, signal } = job;
  // Samples from elsewhere are all there are.
  const drawable = works.filter(({ run }) => run.settings.maxTokens !== null);
  if (drawable.length > 0 && models.roles().length === 0) {
    throw new Error("No pair of models is chosen.");
  }
  for (const role of models.roles()) {
    for (const work of drawable) {
      const wanted = job.samples ?? work.run.settings.samples;
      if (haveOf(work.run, role, wanted) < wanted) await drawMissing(work, role, job);
      if (signal.aborted) throw cancelled();
    }
  }
}

/** Counts n-grams in the base model's tokens, where there is a base model and that is not done. */
export async function countTokens(
  works: readonly RunWork[],
  { models, digests, signal }: RunJob,
): Promise<void> {
  for (const { run, saver } of works) {
    const missing = ROLES.flatMap((role) => run[role] ?? []).filter(({ ngrams }) => !ngrams);
    if (missing.length === 0 || !models.roles().includes("base")) continue;
    const { engine, loaded } = await models.load("base", undefined, signal);
    const model = toRunModel(loaded, await digests.known(loaded.facts));
    checkSameModel(scorerOf(run, "base")?.model ?? null, model);
    for (const drawn of missing) {
      drawn.ngrams = await countNgrams(engine, loaded, drawn.samples, signal);
      saver.changed();
    }
  }
}

/** How many of the first `samples` samples are there. */
function haveOf(run: Run, role: Role, samples: number): number {
  return run[role]?.samples.filter(({ index }) => index < samples).length ?? 0;
}

async function drawMissing(work: RunWork, role: Role, job: RunJob): Promise<void> {
  const { models, digests, signal } = job;
  const { run, saver, saveFailure } = work;
  const settings = drawSettings(run, job);
  const before = haveOf(run, role, settings.samples);
  if (before > 0) run.settings.resumed = true;
  const { engine, loaded } = await models.load(role, undefined, signal);
  const tellPace = paceTeller(work, role, settings.samples);
  try {
    await drawRole({
      engine,
      role,
      model: loaded,
      sha256: await digests.known(loaded.facts),
      prompt: run.prompt,
      settings,
      earlier: run[role],
      onStart: (drawn) => {
        work.begin(role, drawn);
        work.report(notBegun(role, drawn.samples.length));
      },
      onSample: (sample) => {
        const place = (run[role]?.samples.length ?? 1) - 1;
        work.tell({ type: "sample", role, place, sample });
        saver.changed();
      },
      onTokens: tellPace,
      signal: AbortSignal.any([signal, saveFailure]),
    });
    const model = modelSource(run[role])?.model;
    if (model && !signal.aborted) model.sha256 ??= await digests.of(loaded.facts).catch(() => null);
  } finally {
    // Samples arrive as they end; from here on they stand in the order of their numbers.
    work.tellSamples(role);
    if (run[role]) await saver.save();
  }
  saveFailure.throwIfAborted();
}

/** @param done samples that are there already */
export function notBegun(role: Role, done: number): RunProgress {
  return { kind: "sampling", role, done, tokensPerSecond: null, secondsLeft: null };
}

/** More of them a second nobody can read. */
const PROGRESS_MS = 200;

/** Tells now and then how fast samples come; takes the number of tokens drawn since it was made. */
function paceTeller(work: RunWork, role: Role, wanted: number): (tokens: number) => void {
  const doneNow = () => haveOf(work.run, role, wanted);
  const before = doneNow();
  const start = performance.now();
  let reported = 0;
  return (tokens) => {
    const now = performance.now();
    if (now - reported < PROGRESS_MS) return;
    reported = now;
    const seconds = (now - start) / 1000;
    const done = doneNow();
    const drawn = done - before;
    work.report({
      kind: "sampling",
      role,
      done,
      tokensPerSecond: tokens / seconds,
      secondsLeft: drawn > 0 ? (seconds / drawn) * (wanted - done) : null,
    });
  };
}
