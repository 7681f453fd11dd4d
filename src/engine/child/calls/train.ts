import type { TrainedWeights, TrainingEvent, TrainRequest } from "../../training";
import { train as adapt } from "../training/train";
import type { EngineCall } from "./call";

/** Emits steps and measurements. */
export const train: EngineCall<TrainRequest, TrainedWeights, TrainingEvent> = {
  turn: { queues: ["fits"], threads: "all" },
  run: (request, { residents, emit, signal, giveWay }) =>
    adapt(residents.get(request.model), request, { onEvent: emit, signal, giveWay }),
};
