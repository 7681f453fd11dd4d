import { describe, expect, it, vi } from "vitest";
import type { Event } from "vscode";
import { Highlights } from "../../src/host/heatmap/highlights";
import { Rescoring } from "../../src/host/heatmap/rescoring";
import { Server } from "../../src/host/connection/server";
import { DocumentRequest, type HighlightParams } from "../../src/protocol/documents";
import type { DocumentSummary } from "../../src/protocol/summary";

vi.mock("vscode", () => ({
  CancellationTokenSource: class {
    readonly token = {
      isCancellationRequested: false,
      onCancellationRequested: () => ({ dispose: () => undefined }),
    };
    cancel(): void {
      this.token.isCancellationRequested = true;
    }
    dispose(): void {}
  },
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
  workspace: { onDidCloseTextDocument: () => ({ dispose: () => undefined }) },
}));

const REQUEST = { range: null, visible: null, visibleOnly: false, asReply: false, prompt: null };
const SUMMARY = {
  complete: true,
  range: null,
  base: { scoredTokens: 1 },
  rlhf: null,
  measured: { pair: "twins", replacedBy: null },
} as unknown as DocumentSummary;

/**
 * Documents `a` to `d`, highlighted under a pair; from then on `answer` is what happens while one is scored.
 * @param visible what is on screen, the active document first
 */
async function highlighted(visible: string[], answer: (uri: string) => Error | null = () => null) {
  const scored: string[] = [];
  const errors: unknown[] = [];
  let isReady = false;
  const sendRequest = (method: string, { uri }: HighlightParams): Promise<DocumentSummary> => {
    if (method !== DocumentRequest.highlight.method) return Promise.resolve(SUMMARY);
    scored.push(uri);
    const error = isReady ? answer(uri) : null;
    return error ? Promise.reject(error) : Promise.resolve(SUMMARY);
  };
  const client = {
    sendRequest,
    sendNotification: () => Promise.resolve(),
    onNotification: () => undefined,
    start: () => Promise.resolve(),
  };
  const highlights = new Highlights(new Server(() => Promise.resolve(client as never)));
  for (const uri of "abcd") await highlights.score({ uri, ...REQUEST });
  scored.length = 0;
  isReady = true;
  let onLook: () => void = () => undefined;
  const listen: Event<unknown> = (listener) => {
    onLook = () => void listener(null);
    return { dispose: () => undefined };
  };
  const rescoring = new Rescoring({
    highlights,
    visible: () => visible,
    onLook: listen,
    score: (uri) => highlights.score({ uri, ...REQUEST, again: true }),
    onError: (error) => errors.push(error),
  });
  const look = async (...uris: string[]) => {
    visible.splice(0, Infinity, ...uris);
    onLook();
    const rests = (uri: string) => {
      const highlight = highlights.get(uri);
      return highlight?.standing !== "due" && highlight?.progress === null;
    };
    await vi.waitUntil(() => uris.every(rests));
  };
  return { highlights, rescoring, look, scored, errors };
}

describe("after a change of pair", () => {
  it("what is on screen is scored, the active document first, the rest when it is looked at", async () => {
    const { highlights, rescoring, look, scored } = await highlighted(["c", "a"]);
    highlights.outdate("siblings");
    await rescoring.look();
    expect(scored).toEqual(["c", "a"]);
    await look("a", "d");
    expect(scored).toEqual(["c", "a", "d"]);
    await look("a", "c");
    expect(scored).toEqual(["c", "a", "d"]);
    expect(highlights.get("b")!.standing).toBe("due");
  });

  it("numbers are marked at once, and stay marked until they are measured again", async () => {
    const { highlights, rescoring } = await highlighted(["a"]);
    highlights.outdate("siblings");
    const measured = { pair: "twins", replacedBy: "siblings" };
    for (const uri of "ab") expect(highlights.get(uri)!.summary!.measured).toEqual(measured);
    await rescoring.look();
    expect(highlights.get("a")!.summary!.measured).toEqual(SUMMARY.measured);
    expect(highlights.get("b")!.summary!.measured).toEqual(measured);
  });

  it("a document whose scoring was cancelled is not scored again unasked", async () => {
    const { highlights, rescoring, scored } = await highlighted(["a", "b"]);
    const job = highlights.score({ uri: "a", ...REQUEST });
    highlights.cancel("a");
    await job;
    scored.length = 0;
    highlights.outdate("siblings");
    highlights.outdate("cousins");
    await rescoring.look();
    expect(scored).toEqual(["b"]);
    await highlights.score({ uri: "a", ...REQUEST });
    highlights.outdate("twins");
    await rescoring.look();
    expect(scored).toEqual(["b", "a", "a", "b"]);
  });

  it("one that is changed under way is scored under the pair that is then in use", async () => {
    const { highlights, rescoring, scored } = await highlighted(["a"], () => {
      if (scored.length === 1) highlights.outdate("cousins");
      return null;
    });
    highlights.outdate("siblings");
    await rescoring.look();
    expect(scored).toEqual(["a", "a"]);
  });

  it("a failure ends the job of its document only, once", async () => {
    const error = new Error("out of memory");
    const { highlights, rescoring, look, scored, errors } = await highlighted(["a", "b"], (uri) =>
      uri === "a" ? error : null,
    );
    highlights.outdate("siblings");
    await rescoring.look();
    await look("a", "b");
    expect(scored).toEqual(["a", "b"]);
    expect(errors).toEqual([error]);
    expect(highlights.get("a")).toMatchObject({ progress: null, standing: "settled" });
  });

  it("what was cleared meanwhile is left out", async () => {
    const { highlights, rescoring, scored } = await highlighted(["a", "b", "c"], (uri) => {
      if (uri === "a") void highlights.clear("b");
      return null;
    });
    highlights.outdate("siblings");
    await rescoring.look();
    expect(scored).toEqual(["a", "c"]);
  });
});
