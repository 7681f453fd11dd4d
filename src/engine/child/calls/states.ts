import type { StatesFile, StatesRequest, StatesRows } from "../../states";
import type { EngineCall } from "./call";

/** Emits each window's rows. */
export const states: EngineCall<StatesRequest, StatesFile, StatesRows> = {
  turn: { queues: ["calls"], threads: "model" },
  run: (request, { residents, emit, ...turns }) =>
    residents.get(request.model).states(request, emit, turns),
};
