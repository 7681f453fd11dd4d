import { describe, expect, it, vi } from "vitest";
import { Highlights } from "../../src/host/highlights";
import { Server } from "../../src/host/server";
import { Method, type HighlightParams, type Summary } from "../../src/protocol/requests";

vi.mock("vscode", () => ({
  CancellationTokenSource: class {
    readonly token = { onCancellationRequested: () => ({ dispose: () => undefined }) };
    cancel(): void {}
    dispose(): void {}
  },
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
  workspace: { onDidCloseTextDocument: () => ({ dispose: () => undefined }) },
}));

const SUMMARY = { complete: true, range: null, base: { scoredTokens: 1 }, rlhf: null };

/** Highlights of documents `a` to `d`; from then on the server answers a request to score one by `answer`. */
async function highlighted(answer: (uri: string) => Error | null) {
  const scored: string[] = [];
  let isFailing = false;
  const sendRequest = (method: string, params: HighlightParams): Promise<Summary> => {
    if (method === Method.highlight) {
      scored.push(params.uri);
      const error = isFailing ? answer(params.uri) : null;
      if (error) return Promise.reject(error);
    }
    return Promise.resolve(SUMMARY as Summary);
  };
  const client = {
    sendRequest,
    sendNotification: () => Promise.resolve(),
    onNotification: () => undefined,
    start: () => Promise.resolve(),
  };
  const highlights = new Highlights(new Server(() => Promise.resolve(client as never)));
  for (const uri of "abcd") {
    await highlights.score({ uri, range: null, visible: null, visibleOnly: false, asReply: false });
  }
  scored.length = 0;
  isFailing = true;
  return { highlights, scored };
}

const cancelled = () => Object.assign(new Error("Cancelled."), { code: -32800 });

describe("scoring all documents anew", () => {
  it("goes on after a failure, and tells once what all that failed say", async () => {
    const error = new Error("out of memory");
    const { highlights, scored } = await highlighted((uri) => ("ac".includes(uri) ? error : null));
    await expect(highlights.scoreAll()).rejects.toBe(error);
    expect(scored).toEqual(["a", "b", "c", "d"]);
    expect(highlights.get("a")).toMatchObject({ summary: SUMMARY, progress: null });
  });

  it("names every failure where they differ", async () => {
    const { highlights } = await highlighted((uri) => (uri === "d" ? null : new Error(`${uri}!`)));
    await expect(highlights.scoreAll()).rejects.toThrow("a! b! c!");
  });

  it("tells nothing of what the user cancelled", async () => {
    const { highlights, scored } = await highlighted(cancelled);
    await highlights.scoreAll();
    expect(scored).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves out what was cleared meanwhile", async () => {
    const { highlights, scored } = await highlighted((uri) => {
      if (uri === "b") void highlights.clear("c");
      return null;
    });
    await highlights.scoreAll();
    expect(scored).toEqual(["a", "b", "d"]);
  });
});
