import type { ComparedRows, CompareRequest } from "../../agreement";
import type { EngineCall } from "./call";

/** Emits each batch's rows. */
export const compare: EngineCall<CompareRequest, null, ComparedRows> = {
  turn: { queues: ["calls"], threads: "model" },
  async run({ models: [first, second], windows }, { residents, emit, ...turns }) {
    await residents.get(first).compare(residents.get(second), windows, emit, turns);
    return null;
  },
};
