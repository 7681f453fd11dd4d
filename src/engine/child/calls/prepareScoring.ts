import type { ScoringFacts } from "../../../protocol/scores";
import type { EngineCall } from "./call";

/** Takes measurements, which work beside it would disturb. */
export const prepareScoring: EngineCall<{ readonly model: number }, ScoringFacts> = {
  turn: { queues: ["calls"], threads: "all" },
  run: ({ model }, { residents }) => residents.get(model).prepareScoring(),
};
