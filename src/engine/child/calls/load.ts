import type { LoadedModel, ModelOptions } from "../../engine";
import type { EngineCall } from "./call";

interface LoadParams {
  readonly path: string;
  readonly options: ModelOptions;
}

/** Emits 0 .. 1. Loading takes measurements, which work beside it would disturb. */
export const load: EngineCall<LoadParams, LoadedModel, number> = {
  turn: { queues: [], threads: "all" },
  async run({ path, options }, { residents, emit, signal }) {
    const model = await residents.load(path, options, emit, signal);
    return model.describe();
  },
};
