import type { Engine, LoadedModel, LoadOptions } from "../../engine/engine";
import { isRewritten } from "../../engine/modelFiles";
import { type ChosenModel, isSameChoice } from "../../protocol/modelIdentity";
import type { RunModels } from "../../jobs/runs/runJob";
import type { ChosenModels } from "../arguments/modelPaths";

/** What keeps an RLHF model from drawing, such as a missing chat template, is told before hours are spent on the base. */
const DRAWING_ORDER = ["rlhf", "base"] as const;

/** A pair of which one model at a time is loaded: memory need not hold both. */
export function modelsInTurn(
  engine: Engine,
  models: ChosenModels,
  options: LoadOptions,
): RunModels {
  let current: LoadedModel | null = null;
  const isCurrent = (chosen: ChosenModel) =>
    current !== null && isSameChoice(current.facts, chosen) && !isRewritten(current.facts);
  return {
    roles: () => DRAWING_ORDER.filter((role) => models[role] !== null),
    async load(role, onProgress, signal) {
      const chosen = models[role];
      if (chosen === null) throw new Error(`There is no ${role} model.`);
      if (!isCurrent(chosen)) {
        if (current !== null) await engine.unload(current.id);
        current = null;
        current = await engine.load(chosen.path, {
          ...options,
          adapter: chosen.adapter,
          ...(onProgress && { onProgress }),
          ...(signal && { signal }),
        });
      }
      return { engine, loaded: current! };
    },
  };
}
