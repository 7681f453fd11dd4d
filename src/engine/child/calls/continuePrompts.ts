import type { ContinueRequest, Sample } from "../../engine";
import type { EngineCall } from "./call";

/** Emits each sample when it ends, and now and then the number of tokens drawn so far. */
export const continuePrompts: EngineCall<ContinueRequest, null, Sample | number> = {
  turn: { queues: ["drawings"], threads: "model" },
  async run(request, { residents, ...options }) {
    await residents.get(request.model).continuePrompts(request, options);
    return null;
  },
};
