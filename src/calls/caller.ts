import type { Answers } from "./answers";
import type { FromAnswers, ToAnswers } from "./messages";

/** What a call takes, emits on the way and gives, as the function that answers it says. */
type ParamsOf<A> = A extends (params: infer Params, ...rest: never) => unknown ? Params : never;
type EventOf<A> = A extends (...given: infer Given) => unknown
  ? Given extends [unknown, (event: infer Event) => void, ...unknown[]]
    ? Event
    : never
  : never;
type ResultOf<A> = A extends (...given: never) => infer Result ? Awaited<Result> : never;

/** What takes a call's events; nothing does where it emits none. */
type Listener<A> = [EventOf<A>] extends [never] ? undefined : (event: EventOf<A>) => void;

/** The calling end of a channel. */
export interface Caller<Table, Failure> {
  /** Cancelling rejects at once; how soon the other end stops is its own affair. */
  readonly call: <Name extends keyof Table & string>(
    name: Name,
    params: ParamsOf<Table[Name]>,
    onEvent?: Listener<Table[Name]>,
    signal?: AbortSignal,
  ) => Promise<ResultOf<Table[Name]>>;
  /** Takes the other end's messages. */
  readonly receive: (message: FromAnswers<Failure>) => void;
  /** The other end is gone: calls under way, and all that follow, reject with the first error that is given here. */
  readonly end: (error: Error) => void;
}

export interface CallerOptions<Failure> {
  readonly send: (message: ToAnswers) => void;
  /** The error that the other end's failure is at this end. */
  readonly toError: (failure: Failure) => Error;
  /** What a cancelled call rejects with. */
  readonly cancelled: () => Error;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

/** @typeParam Table the other end's table of answers */
export function createCaller<Table extends Answers<Table>, Failure>({
  send,
  toError,
  cancelled,
}: CallerOptions<Failure>): Caller<Table, Failure> {
  const pending = new Map<number, PendingCall>();
  let nextId = 1;
  let ended: Error | null = null;

  return {
    call(name, params, onEvent, signal) {
      if (signal?.aborted) return Promise.reject(cancelled());
      if (ended) return Promise.reject(ended);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          pending.delete(id);
          send({ type: "cancel", id });
          reject(cancelled());
        };
        const settle = <T>(done: (value: T) => void) => {
          return (value: T) => {
            pending.delete(id);
            signal?.removeEventListener("abort", onAbort);
            done(value);
          };
        };
        pending.set(id, {
          resolve: settle(resolve as (value: unknown) => void),
          reject: settle(reject),
          onEvent: onEvent as ((event: unknown) => void) | undefined,
        });
        signal?.addEventListener("abort", onAbort, { once: true });
        send({ type: "call", id, name, params });
      });
    },
    receive(message) {
      const call = pending.get(message.id);
      switch (message.type) {
        case "event":
          call?.onEvent?.(message.value);
          return;
        case "result":
          call?.resolve(message.value);
          return;
        case "failure":
          call?.reject(toError(message.failure));
          return;
        default:
          message satisfies never;
      }
    },
    end(error) {
      ended ??= error;
      for (const call of [...pending.values()]) call.reject(ended);
    },
  };
}
