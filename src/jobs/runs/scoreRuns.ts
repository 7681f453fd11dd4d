import { ROLES, type Role } from "../../protocol/roles";
import { textOfPieces } from "../../engine/pieces";
import { scoreSamples, unscored } from "./bits";
import { checkSameModel, checkSamePrompt, toRunModel } from "./draw";
import { promptTokens } from "./prompt";
import { scorerOf } from "./scorers";
import { promptOfRun, type RunJob } from "./runJob";
import type { RunWork } from "./runWork";

/**
 * Scores every run's samples under both models, the one that drew them included: bits and perplexities of both are then
 * computed alike. What is scored stays, and scores are saved as they come.
 * @throws EngineError, `Cancelled` on the job's signal; OtherRunError; what keeps a run from being saved
 */
export async function scoreRuns(works: readonly RunWork[], job: RunJob): Promise<void> {
  // Where models take turns, the one that was used last is still loaded.
  for (const under of job.models.roles().toReversed()) {
    for (const work of works) {
      if (ROLES.some((role) => missingOf(work, role, under).length > 0)) {
        await scoreUnder(work, under, job);
      }
    }
  }
}

function missingOf({ run }: RunWork, role: Role, under: Role) {
  return unscored(run[role]?.samples ?? [], under);
}

async function scoreUnder(work: RunWork, under: Role, job: RunJob): Promise<void> {
  const model = await job.models.load(under, undefined, job.signal);
  const { engine, loaded } = model;
  const { run } = work;
  const before = scorerOf(run, under);
  const runModel = toRunModel(loaded, await job.digests.known(loaded.facts));
  checkSameModel(before?.model ?? null, runModel, "were scored by");
  const { chat, baseFrame } = job.drawing();
  const prefix = await promptTokens(model, under, promptOfRun(run, baseFrame), chat, job.signal);
  const prompt = textOfPieces(loaded.vocabulary, prefix);
  if (before) checkSamePrompt(before.prompt, prompt);
  const scorer = { model: runModel, prompt };
  const signal = AbortSignal.any([job.signal, work.saveFailure]);
  const ready = await engine.prepareScoring(loaded, signal);
  const how = { engine, model: ready, under, prefix, signal };
  for (const role of ROLES) {
    const missing = missingOf(work, role, under);
    if (missing.length === 0) continue;
    const onProgress = (fraction: number) => {
      run.scorers[under] ??= scorer;
      work.report({ kind: "scoring", role, fraction });
      work.saver.changed();
    };
    try {
      await scoreSamples({ ...how, samples: missing, onProgress });
    } finally {
      if (under === role) work.tellSamples(role);
      work.refreshBits(role);
      await work.saver.save();
      work.saveFailure.throwIfAborted();
    }
  }
}
