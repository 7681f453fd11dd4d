import type { Answer } from "../../calls/answers";
import type { AnswerOf, EngineCall, Turn } from "./calls/call";
import type { Residents } from "./residents";
import { Schedule } from "./schedule";

type Calls<Table> = Readonly<Record<keyof Table, EngineCall<never, unknown, unknown>>>;
type AnswersOf<Table> = { readonly [Name in keyof Table]: AnswerOf<Table[Name]> };

/**
 * Answers a table of calls, each when it has its turn.
 * @param threads of the processor
 */
export function answerInTurns<Table extends Calls<Table>>(
  calls: Table,
  residents: Residents,
  threads: number,
): AnswersOf<Table> {
  const schedule = new Schedule(threads);
  const answers: Partial<Record<keyof Table, unknown>> = {};
  for (const name in calls) answers[name] = answerInTurn(calls[name], residents, schedule);
  return answers as AnswersOf<Table>;
}

function answerInTurn<Params, Result, Event>(
  { turn, run }: EngineCall<Params, Result, Event>,
  residents: Residents,
  schedule: Schedule,
): Answer<Params, Result, Event> {
  return (params, emit, signal) => {
    const { model } = params as { readonly model?: number };
    const queues = turn.queues.map((queue) => `${queue} of model ${model}`);
    return schedule.inQueues(queues, () => {
      const held = heldThreads(turn.threads, residents, model);
      const giveWay = async () => {
        await new Promise((resolve) => setImmediate(resolve));
        await schedule.giveWay(held);
      };
      return schedule.withThreads(held, async () =>
        run(params, { residents, emit, signal, giveWay }),
      );
    });
  };
}

/** Infinity: all. */
function heldThreads(
  threads: Turn["threads"],
  residents: Residents,
  model: number | undefined,
): number {
  switch (threads) {
    case "none":
      return 0;
    case "one":
      return 1;
    case "model":
      return model === undefined ? Infinity : residents.get(model).threads;
    case "all":
      return Infinity;
  }
}
