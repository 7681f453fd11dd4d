import type { FittedProbe, RidgeRequest } from "../../probes";
import { fitRidge as fit } from "../probes/ridge";
import type { EngineCall } from "./call";

/** Emits how far it has come, 0 .. 1. */
export const fitRidge: EngineCall<RidgeRequest, readonly FittedProbe[], number> = {
  turn: { queues: ["fits"], threads: "all" },
  run: (request, { residents, emit, signal, giveWay }) => {
    const { build } = residents.get(request.model);
    return fit(build, request, { onProgress: emit, signal, giveWay });
  },
};
