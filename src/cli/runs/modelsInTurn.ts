import type { Engine, LoadedModel, LoadOptions } from "../../engine/engine";
import type { RunModels } from "../../jobs/runs/runJob";
import type { ModelPaths } from "../arguments/modelPaths";

/** What keeps an RLHF model from drawing, such as a missing chat template, is told before hours are spent on the base. */
const DRAWING_ORDER = ["rlhf", "base"] as const;

/** A pair of which one model at a time is loaded: memory need not hold both. */
export function modelsInTurn(engine: Engine, paths: ModelPaths, options: LoadOptions): RunModels {
  let current: { readonly path: string; readonly loaded: LoadedModel } | null = null;
  return {
    roles: () => DRAWING_ORDER.filter((role) => paths[role] !== null),
    async load(role, onProgress, signal) {
      const path = paths[role];
      if (path === null) throw new Error(`There is no ${role} model.`);
      if (current?.path !== path) {
        if (current !== null) await engine.unload(current.loaded.id);
        current = null;
        const loaded = await engine.load(path, {
          ...options,
          ...(onProgress && { onProgress }),
          ...(signal && { signal }),
        });
        current = { path, loaded };
      }
      return { engine, loaded: current.loaded };
    },
  };
}
