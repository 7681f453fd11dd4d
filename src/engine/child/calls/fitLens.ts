import type { FittedProbe, LensRequest } from "../../probes";
import { fitLens as fit } from "../probes/lens";
import type { EngineCall } from "./call";

/** Emits how far it has come, 0 .. 1. */
export const fitLens: EngineCall<LensRequest, readonly FittedProbe[], number> = {
  turn: { queues: ["fits"], threads: "all" },
  run: (request, { residents, emit, signal, giveWay }) => {
    const { build, model } = residents.get(request.model);
    return fit(build, model, request, { onProgress: emit, signal, giveWay });
  },
};
