import { textOfPieces } from "../../engine/pieces";
import type { Role } from "../../protocol/scores";
import { scoreSamples, unscored } from "./bits";
import { checkSameModel, checkSamePrompt, promptParts } from "./draw";
import { ROLES } from "./roles";
import { drawSettings, type RunJob } from "./runJob";
import type { RunWork } from "./runWork";

/**
 * Scores every run's samples under the models that neither drew nor scored them, for the bits of their anchors. Scores
 * are saved as they come.
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
  const drawn = run[role];
  return drawn ? unscored(drawn.samples, role, under) : [];
}

async function scoreUnder(work: RunWork, under: Role, job: RunJob): Promise<void> {
  const { engine, loaded } = await job.models.load(under, undefined, job.signal);
  checkSameModel(work.run[under]?.model ?? null, loaded.facts);
  const prefix = await promptPrefix(work, under, job);
  const signal = AbortSignal.any([job.signal, work.saveFailure]);
  for (const role of ROLES) {
    const missing = missingOf(work, role, under);
    if (missing.length === 0) continue;
    const onProgress = (fraction: number) => {
      work.report({ kind: "scoring", role, fraction });
      work.saver.changed();
    };
    try {
      await scoreSamples(engine, loaded, under, prefix, missing, onProgress, signal);
    } finally {
      if (under === role) work.tellSamples(role);
      work.refreshBits(role);
      await work.saver.save();
      work.saveFailure.throwIfAborted();
    }
  }
}

/** The prompt as the model gets it, or has got it for its own samples. @throws OtherRunError where the two differ */
async function promptPrefix({ run }: RunWork, role: Role, job: RunJob): Promise<Int32Array> {
  const { signal } = job;
  const { engine, loaded } = await job.models.load(role, undefined, signal);
  const settings = drawSettings(run, job);
  const request = { engine, role, model: loaded, prompt: run.prompt, settings, signal };
  const prefix = await engine.tokenizePrompt(loaded.id, await promptParts(request), signal);
  const drawn = run[role];
  if (drawn?.model) checkSamePrompt(drawn.prompt, textOfPieces(loaded.vocabulary, prefix));
  return prefix;
}
