import type { FromContinuations } from "../../src/protocol/continuationPanel";

/** Asks the host; what goes wrong is said on the page. */
export type Ask = (request: FromContinuations) => void;
