import { expect, it } from "vitest";
import { answerCalls } from "../../src/calls/answers";
import { type Caller, createCaller } from "../../src/calls/caller";
import type { AnswerOf, EngineCall, Turn } from "../../src/engine/child/calls/call";
import type { Residents } from "../../src/engine/child/residents";
import { answerInTurns } from "../../src/engine/child/turns";

/** How many tokens a model's vocabulary has. */
const countVocabulary: EngineCall<{ readonly model: number }, number> = {
  turn: { queues: ["calls"], threads: "one" },
  run: ({ model }, { residents }) => residents.get(model).model.vocabulary.attributes.length,
};

const CALLS = { countVocabulary };
type Calls = { readonly countVocabulary: AnswerOf<typeof countVocabulary> };

function vocabularySize({ call }: Caller<Calls, string>, model: number): Promise<number> {
  return call("countVocabulary", { model });
}

/** Models that are no more than their vocabularies, by number. */
function residentsOf(sizes: readonly number[]): Residents {
  const get = (model: number) => ({
    model: { vocabulary: { attributes: new Uint16Array(sizes[model]!) } },
  });
  return { get } as unknown as Residents;
}

it("is answered in its turn, over the channel", async () => {
  const receive = answerCalls(
    answerInTurns(CALLS, residentsOf([262, 50_257]), 1),
    String,
    (message) => caller.receive(structuredClone(message)),
  );
  const caller: Caller<Calls, string> = createCaller<Calls, string>({
    send: receive,
    toError: (words) => new Error(words),
    cancelled: () => new Error("cancelled"),
  });
  expect(await Promise.all([vocabularySize(caller, 0), vocabularySize(caller, 1)])).toEqual([
    262, 50_257,
  ]);
});

it("has its turn when its model's threads are measured, which goes alone", async () => {
  const order: string[] = [];
  const busy = { isTuned: true, threads: 1 };
  const fresh = {
    isTuned: false,
    get threads() {
      order.push("measured");
      return 1;
    },
  };
  let release: () => void = () => undefined;
  const score: EngineCall<{ readonly model: number }, null> = {
    turn: { queues: ["calls"], threads: "model" },
    async run({ model }) {
      order.push(`model ${model}`);
      if (model === 0) await new Promise<void>((resolve) => (release = resolve));
      return null;
    },
  };
  const residents = { get: (model: number) => [busy, fresh][model] } as unknown as Residents;
  const { score: answer } = answerInTurns({ score }, residents, 2);
  const ask = (model: number) => answer({ model }, () => undefined, new AbortController().signal);
  const first = ask(0);
  await settled();
  const second = ask(1);
  await settled();
  expect(order).toEqual(["model 0"]);
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(["model 0", "measured", "model 1"]);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Never called: the compiler is the test, which fails where a line does compile. */
export function drifts({ call }: Caller<Calls, string>): void {
  // @ts-expect-error the client sends another parameter
  void call("countVocabulary", { path: "twin-base.gguf" });
  // @ts-expect-error the client expects another result
  void call("countVocabulary", { model: 1 }).then((size: string) => size);
  // @ts-expect-error the client expects events of a call that emits none
  void call("countVocabulary", { model: 1 }, (fraction: number) => fraction);
  // @ts-expect-error there is no such queue
  void ({ queues: ["training"], threads: "one" } satisfies Turn);
  // @ts-expect-error it gives another result than it says
  void ({ ...countVocabulary, run: () => "262" } satisfies typeof countVocabulary);
}
