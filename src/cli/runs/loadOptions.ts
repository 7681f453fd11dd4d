import type { LoadOptions } from "../../engine/engine";
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { ScoreOptions } from "../arguments/arguments";
import type { Progress } from "../output/progress";

/** How the command line loads a model that scores; every text is scored once, so that no window is kept. */
export function loadOptions(
  { path }: ChosenModel,
  { settings, gpu, threads }: ScoreOptions,
  progress: Progress,
  signal: AbortSignal,
): LoadOptions {
  return {
    gpu,
    threads,
    window: settings.window,
    batch: 0,
    compatible: settings.mode === "llama.cpp-compatible",
    windowMemoryBytes: 0,
    onProgress: (fraction) => progress.show(`Loading ${path}`, fraction),
    signal,
  };
}
