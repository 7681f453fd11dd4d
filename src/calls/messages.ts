/**
 * Calls to another process or thread: numbered messages, with events on the way and one answer each. The end that
 * answers has a table of functions; the end that calls takes names and types from it (`answers.ts`, `caller.ts`): a call that
 * one of them has changed does not compile at the other. Structured clone carries typed arrays as such.
 */

/** From the end that calls. */
export type ToAnswers =
  | {
      readonly type: "call";
      readonly id: number;
      readonly name: string;
      readonly params: unknown;
    }
  | { readonly type: "cancel"; readonly id: number };

/** From the end that answers; `Failure` is what it says of an error. */
export type FromAnswers<Failure> =
  | { readonly type: "event"; readonly id: number; readonly value: unknown }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly failure: Failure };
