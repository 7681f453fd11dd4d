import type { FromAnswers, ToAnswers } from "./messages";

/**
 * What answers a call. It may emit events before its result, and fails by throwing; `signal` is raised when the caller no
 * longer waits.
 */
export type Answer<Params, Result, Event = never> = (
  params: Params,
  emit: (event: Event) => void,
  signal: AbortSignal,
) => Result | Promise<Result>;

/** What answers each of a table of calls, by its name. */
export type Answers<Table> = Readonly<Record<keyof Table, Answer<never, unknown, unknown>>>;

/**
 * The answering end of a channel.
 * @param toFailure what the caller is told of an error
 * @returns what takes the other end's messages
 */
export function answerCalls<Table extends Answers<Table>, Failure>(
  table: Table,
  toFailure: (error: unknown) => Failure,
  send: (message: FromAnswers<Failure>) => void,
): (message: ToAnswers) => void {
  const running = new Map<number, AbortController>();

  const run = async (id: number, name: string, params: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const answer = table[name as keyof Table];
      const emit = (value: unknown) => send({ type: "event", id, value });
      const value = await answer(params as never, emit, controller.signal);
      send({ type: "result", id, value });
    } catch (error) {
      send({ type: "failure", id, failure: toFailure(error) });
    } finally {
      running.delete(id);
    }
  };

  return (message) => {
    if (message.type === "call") void run(message.id, message.name, message.params);
    else running.get(message.id)?.abort();
  };
}
