import type { ExpectAheadRequest, ExpectedAhead } from "../../probes";
import { expectAhead as expect } from "../probes/expectAhead";
import type { EngineCall } from "./call";

export const expectAhead: EngineCall<ExpectAheadRequest, ExpectedAhead> = {
  turn: { queues: ["calls"], threads: "model" },
  run: (request, { residents, ...turns }) => expect(residents.get(request.model), request, turns),
};
