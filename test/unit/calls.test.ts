import { describe, expect, it } from "vitest";
import { answerCalls } from "../../src/calls/answers";
import { type Caller, createCaller } from "../../src/calls/caller";

const WORDS = {
  /** Words of a text; emits each. */
  count({ text }: { text: string }, emit: (word: string) => void): number {
    const words = text.split(" ");
    words.forEach(emit);
    return words.length;
  },
  /** Waits for its cancel. */
  wait(_: null, _emit: (event: never) => void, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(true)));
  },
  /** A result that no channel carries. */
  name: () => () => "fox",
};
type WordCalls = typeof WORDS;

/** Both ends of a channel in one process, with what went over it. */
function connected() {
  const sent: string[] = [];
  const answer = answerCalls(
    WORDS,
    (error) => (error as Error).message,
    (message) => caller.receive(structuredClone(message)),
  );
  const caller: Caller<WordCalls, string> = createCaller<WordCalls, string>({
    send: (message) => {
      sent.push(message.type);
      answer(structuredClone(message));
    },
    toError: (words) => new Error(words),
    cancelled: () => new Error("cancelled"),
  });
  return { caller, sent };
}

describe("a call", () => {
  it("gives its events and its result", async () => {
    const heard: string[] = [];
    const { caller } = connected();
    const text = "the quick fox";
    expect(await caller.call("count", { text }, (word) => heard.push(word))).toBe(3);
    expect(heard).toEqual(["the", "quick", "fox"]);
  });

  it("rejects with what went wrong at the other end", async () => {
    const { caller } = connected();
    await expect(caller.call("count", { text: null as never })).rejects.toThrow(/null/);
    await expect(caller.call("name", undefined)).rejects.toThrow(/clone/);
  });

  it("rejects at once when cancelled, and lets the other end know", async () => {
    const { caller, sent } = connected();
    const job = new AbortController();
    const waiting = caller.call("wait", null, undefined, job.signal);
    job.abort();
    await expect(waiting).rejects.toThrow("cancelled");
    await expect(caller.call("wait", null, undefined, job.signal)).rejects.toThrow("cancelled");
    expect(sent).toEqual(["call", "cancel"]);
  });

  it("rejects when the other end is gone, with the first reason", async () => {
    const { caller, sent } = connected();
    const waiting = caller.call("wait", null);
    caller.end(new Error("crashed"));
    caller.end(new Error("exit code 1"));
    await expect(waiting).rejects.toThrow("crashed");
    await expect(caller.call("count", { text: "fox" })).rejects.toThrow("crashed");
    expect(sent).toEqual(["call"]);
  });
});

/** Never called: the compiler is the test, which fails where a line does compile. */
export function drifts(caller: Caller<WordCalls, string>): void {
  // @ts-expect-error nobody answers this
  void caller.call("lines", { text: "fox" });
  // @ts-expect-error the caller sends another parameter
  void caller.call("count", { words: "fox" });
  // @ts-expect-error the caller sends a parameter too many
  void caller.call("count", { text: "fox", words: 1 });
  // @ts-expect-error the caller expects another event
  void caller.call("count", { text: "fox" }, (word: number) => word);
  // @ts-expect-error the caller expects events of a call that emits none
  void caller.call("name", undefined, (word: string) => word);
  // @ts-expect-error the caller expects another result
  void caller.call("count", { text: "fox" }).then((words: string) => words);
  // @ts-expect-error what answers a call takes no such second parameter
  answerCalls({ count: (_: string, separator: string) => separator }, String, () => undefined);
}
