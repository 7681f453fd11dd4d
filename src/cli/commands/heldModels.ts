import { modelDigest } from "../../engine/modelFiles";
import { HeldModels } from "../../jobs/models/heldModels";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { type Role, ROLES } from "../../protocol/roles";
import { loadOptions } from "../runs/loadOptions";
import type { ScoringJob } from "./scoringJob";

/** The models of a job, side by side where memory holds both. */
export function heldModels(job: ScoringJob): HeldModels<Role> {
  const { options, models, engines, progress, surroundings } = job;
  const chosen = ROLES.flatMap((role): (readonly [Role, ChosenModel])[] => {
    const model = models[role];
    return model === null ? [] : [[role, model]];
  });
  return new HeldModels<Role>(
    engines,
    new Map(chosen),
    (model) => loadOptions(model, options, progress, surroundings.signal),
    // The models are read through for their digests anyway.
    modelDigest,
  );
}
