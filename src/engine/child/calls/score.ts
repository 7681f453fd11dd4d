import type { ScoredRows, ScoreRequest } from "../../engine";
import type { EngineCall } from "./call";

/** Emits each batch's rows. */
export const score: EngineCall<ScoreRequest, null, ScoredRows> = {
  turn: { queues: ["calls"], threads: "model" },
  async run(request, { residents, emit, signal }) {
    await residents.get(request.model).scorer().score(request, emit, signal);
    return null;
  },
};
