import type { EngineCall } from "./call";

export const unload: EngineCall<{ readonly model: number }, null> = {
  turn: { queues: ["calls", "drawings", "fits"], threads: "all" },
  run({ model }, { residents }) {
    residents.unload(model);
    return null;
  },
};
