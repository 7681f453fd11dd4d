import type { Engine, LoadedModel, LoadOptions } from "../../engine/engine";
import { isRewritten } from "../../engine/modelFiles";
import type { RunModels } from "../../jobs/runs/runJob";
import type { ModelPaths } from "../arguments/modelPaths";

/** What keeps an RLHF model from drawing, such as a missing chat template, is told before hours are spent on the base. */
const DRAWING_ORDER = ["rlhf", "base"] as const;

/** A pair of which one model at a time is loaded: memory need not hold both. */
export function modelsInTurn(engine: Engine, paths: ModelPaths, options: LoadOptions): RunModels {
  let current: LoadedModel | null = null;
  const isCurrent = (path: string) => current?.facts.path === path && !isRewritten(current.facts);
  return {
    roles: () => DRAWING_ORDER.filter((role) => paths[role] !== null),
    async load(role, onProgress, signal) {
      const path = paths[role];
      if (path === null) throw new Error(`There is no ${role} model.`);
      if (!isCurrent(path)) {
        if (current !== null) await engine.unload(current.id);
        current = null;
        current = await engine.load(path, {
          ...options,
          ...(onProgress && { onProgress }),
          ...(signal && { signal }),
        });
      }
      return { engine, loaded: current! };
    },
  };
}
