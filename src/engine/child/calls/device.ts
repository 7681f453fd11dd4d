import type { ModelOptions } from "../../engine";
import type { EngineCall } from "./call";

/** It may start llama.cpp, which takes a second or two where there is a GPU build. */
export const device: EngineCall<Pick<ModelOptions, "gpu">, string> = {
  turn: { queues: [], threads: "all" },
  run: ({ gpu }, { residents }) => residents.device(gpu),
};
