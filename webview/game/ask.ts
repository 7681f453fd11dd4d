import type { FromGame } from "../../src/protocol/gamePanel";

/** Asks the host; what goes wrong is said on the page. */
export type Ask = (request: FromGame) => void;
