import type { LoadedModel, ModelOptions } from "../../engine";
import type { EngineCall } from "./call";

interface LoadParams {
  readonly path: string;
  readonly options: ModelOptions;
}

/** Emits 0 .. 1. It blocks the event loop for long, and a GPU is shared by all. */
export const load: EngineCall<LoadParams, LoadedModel, number> = {
  turn: { queues: [], threads: "all" },
  async run({ path, options }, { residents, emit, signal }) {
    const model = await residents.load(path, options, emit, signal);
    return model.describe();
  },
};
