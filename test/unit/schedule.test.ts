import { expect, test } from "vitest";
import { Schedule } from "../../src/engine/child/schedule";

/** Calls that end when the test says so, and the names of those that have started, in order. */
function calls(schedule: Schedule) {
  const started: string[] = [];
  const finish = new Map<string, (error?: Error) => void>();
  const ask = (name: string, queues: readonly string[], threads: number) =>
    schedule.inQueues(queues, () =>
      schedule.withThreads(threads, () => {
        started.push(name);
        return new Promise<string>((resolve, reject) => {
          finish.set(name, (error) => (error ? reject(error) : resolve(name)));
        });
      }),
    );
  const end = async (name: string, error?: Error) => {
    finish.get(name)!(error);
    await settled();
  };
  return { started, ask, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("calls of two models on one thread each run side by side on two", async () => {
  const { started, ask, end } = calls(new Schedule(2));
  const results = Promise.all([ask("base", ["model 1"], 1), ask("rlhf", ["model 2"], 1)]);
  await settled();
  expect(started).toEqual(["base", "rlhf"]);
  await end("rlhf");
  await end("base");
  expect(await results).toEqual(["base", "rlhf"]);
});

test("work that takes long lets those go first who wait", async () => {
  const schedule = new Schedule(2);
  const { started, ask, end } = calls(schedule);
  const steps: string[] = [];
  let goOn = true;
  const drawing = schedule.withThreads(2, async () => {
    for (let step = 0; goOn; step++) {
      await settled();
      await schedule.giveWay(2);
      steps.push(`step ${step} after ${started.length}`);
    }
  });
  await settled();
  void ask("score", ["calls"], 1);
  await settled();
  await settled();
  const before = steps.length;
  expect(started).toEqual(["score"]);
  await settled();
  expect(steps).toHaveLength(before);
  await end("score");
  await settled();
  await settled();
  expect(steps.length).toBeGreaterThan(before);
  goOn = false;
  await drawing;
});

test("calls of one model run one after the other, in order, failures or not", async () => {
  const { started, ask, end } = calls(new Schedule(4));
  const first = ask("first", ["model 1"], 1);
  const second = ask("second", ["model 1"], 1);
  await settled();
  expect(started).toEqual(["first"]);
  await Promise.all([expect(first).rejects.toThrow("broken"), end("first", new Error("broken"))]);
  expect(started).toEqual(["first", "second"]);
  await end("second");
  expect(await second).toBe("second");
});

test("a call of two queues waits for both, and both for it", async () => {
  const { started, ask, end } = calls(new Schedule(4));
  void ask("score", ["calls"], 1);
  void ask("draw", ["drawings"], 1);
  void ask("unload", ["calls", "drawings"], 1);
  void ask("draw again", ["drawings"], 1);
  await settled();
  await end("score");
  expect(started).toEqual(["score", "draw"]);
  await end("draw");
  expect(started).toEqual(["score", "draw", "unload"]);
  await end("unload");
  expect(started).toEqual(["score", "draw", "unload", "draw again"]);
});

test("a call that needs no thread waits for none", async () => {
  const { started, ask } = calls(new Schedule(1));
  void ask("score", ["calls"], 1);
  void ask("load", [], Infinity);
  void ask("render", [], 0);
  await settled();
  expect(started).toEqual(["score", "render"]);
});

test("calls that need all threads run alone, and nobody overtakes them", async () => {
  const { started, ask, end } = calls(new Schedule(2));
  void ask("one thread", ["model 1"], 1);
  void ask("all threads", ["model 2"], 2);
  void ask("load", [], Infinity);
  void ask("one more", ["model 3"], 1);
  await settled();
  expect(started).toEqual(["one thread"]);
  await end("one thread");
  expect(started).toEqual(["one thread", "all threads"]);
  await end("all threads");
  expect(started).toEqual(["one thread", "all threads", "load"]);
  await end("load");
  expect(started).toEqual(["one thread", "all threads", "load", "one more"]);
});
