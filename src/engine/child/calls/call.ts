import type { Answer } from "../../../calls/answers";
import type { Residents } from "../residents";

/**
 * One call to the engine, all of it: what it takes, gives and emits on the way, when it has its turn, and what it does
 * then. The table in `calls.ts` names it.
 */
export interface EngineCall<Params, Result, Event = never> {
  readonly turn: Turn;
  readonly run: (params: Params, surroundings: Surroundings<Event>) => Result | Promise<Result>;
}

/** How a call goes beside others. */
export interface Turn {
  /**
   * Waits for what entered the same queues of its models before. Drawing has a context of its own, so that its model can score
   * between two steps.
   */
  readonly queues: readonly ("calls" | "drawings" | "fits")[];
  /**
   * Threads that it holds: `model`: as many as its models decode with, `all`: it runs alone, `none`: it waits for no
   * others.
   */
  readonly threads: "none" | "one" | "model" | "all";
}

/** What a call may use. */
export interface Surroundings<Event> {
  readonly residents: Residents;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
  /** Called by long work between two steps: lets messages in, and calls that wait go first. */
  readonly giveWay: () => Promise<void>;
}

/** A call as the parent sees it. */
export type AnswerOf<Call> =
  Call extends EngineCall<infer Params, infer Result, infer Event>
    ? Answer<Params, Result, Event>
    : never;
