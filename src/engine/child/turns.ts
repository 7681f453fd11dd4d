import type { Answer } from "../../calls/answers";
import type { AnswerOf, EngineCall } from "./calls/call";
import type { Resident } from "./resident";
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
    const models = modelsOf(params);
    const queues = turn.queues.flatMap((queue) =>
      models.map((model) => `${queue} of model ${model}`),
    );
    return schedule.inQueues(queues, async () => {
      const held =
        turn.threads === "model"
          ? await threadsOf(
              models.map((model) => residents.get(model)),
              schedule,
            )
          : THREADS[turn.threads];
      const giveWay = async () => {
        await new Promise((resolve) => setImmediate(resolve));
        await schedule.giveWay(held);
      };
      const surroundings = { residents, emit, signal, giveWay };
      return schedule.withThreads(held, async () => run(params, surroundings));
    });
  };
}

/** Infinity: as many as there are. */
const THREADS = { none: 0, one: 1, all: Infinity } as const;

/** What a call is about: one model, or several; only `load` is about none, and waits in none's queues. */
function modelsOf(params: unknown): readonly number[] {
  const { model, models } = params as {
    readonly model: number;
    readonly models?: readonly number[];
  };
  return models ?? [model];
}

/** Threads of models together; they are measured at the first time, which work beside it would disturb. */
function threadsOf(models: readonly Resident[], schedule: Schedule): number | Promise<number> {
  const all = () => models.reduce((sum, { threads }) => sum + threads, 0);
  if (models.every(({ isTuned }) => isTuned)) return all();
  return schedule.withThreads(Infinity, () => Promise.resolve(all()));
}
