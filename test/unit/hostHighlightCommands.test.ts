import { beforeEach, describe, expect, it, vi } from "vitest";
import type { App } from "../../src/host/app";
import {
  highlightDocument,
  highlightSelection,
  scoreAsReply,
} from "../../src/host/commands/highlight";
import type { Server } from "../../src/host/connection/server";
import type { Estimate, HighlightParams } from "../../src/protocol/documents";

vi.mock("vscode", () => ({
  CancellationTokenSource: class {
    readonly token = { isCancellationRequested: false };
    cancel(): void {
      this.token.isCancellationRequested = true;
    }
    dispose(): void {}
  },
  window: { activeTextEditor: { document: { uri: { scheme: "untitled" } } } },
}));

const URI = "untitled:Untitled-1";
const PROMPT = { text: "Why?", frame: "{prompt}", clock: 7 };

const position = (offset: number) => ({ line: 0, character: offset });
const editor = {
  document: {
    uri: { toString: () => URI },
    getText: () => "Because it rained.",
    offsetAt: ({ character }: { character: number }) => character,
  },
  selection: { isEmpty: false, start: position(8), end: position(10) },
  visibleRanges: [],
};

let cancelLoading: (uri: string) => void;
/** What the document was scored for last. */
let last: HighlightParams | undefined;
const app = {
  jobs: {
    onCancelLoading: (listen: (uri: string) => void) => {
      cancelLoading = listen;
      return { dispose: () => undefined };
    },
  },
  editor: { get: () => editor },
  highlights: {
    get: () => last && { request: last },
    score: (request: HighlightParams) => Promise.resolve(void (last = request)),
  },
} as unknown as App;
type Token = { readonly isCancellationRequested: boolean };
/** What an estimate comes to. */
let answer: (token: Token) => Promise<Estimate>;
const server = {
  request: (_method: string, _params: unknown, token: Token) => answer(token),
} as unknown as Server;

beforeEach(() => {
  last = undefined;
  answer = () => Promise.resolve({ seconds: null, tokens: 0 });
});

describe("a document that goes on with a prompt", () => {
  it("does so as long as it is highlighted, whatever part of it is scored", async () => {
    await highlightDocument(app, server, URI, PROMPT);
    expect(last).toMatchObject({ range: null, prompt: PROMPT });
    await highlightSelection(app, server);
    expect(last).toMatchObject({ range: { start: 8, endExclusive: 10 }, prompt: PROMPT });
    await highlightDocument(app, server, URI);
    expect(last).toMatchObject({ range: null, prompt: PROMPT });
    last = undefined;
    await highlightDocument(app, server);
    expect(last).toMatchObject({ range: null, prompt: null });
  });

  it("has its own prompt for a reply", async () => {
    await highlightDocument(app, server, URI, PROMPT);
    await scoreAsReply(app, server);
    expect(last).toMatchObject({ asReply: true, prompt: null });
  });

  it("is given one by a run only: what else a command may get for one is none", async () => {
    await highlightDocument(app, server, URI, { text: 7 });
    expect(last).toMatchObject({ prompt: null });
  });
});

it("an estimate that is cancelled in the list of jobs is followed by no scoring", async () => {
  const cancelled = Object.assign(new Error("cancelled"), { code: -32800 });
  answer = async (token) => {
    cancelLoading("file:///another");
    expect(token.isCancellationRequested).toBe(false);
    cancelLoading(URI);
    expect(token.isCancellationRequested).toBe(true);
    await Promise.resolve();
    throw cancelled;
  };
  await expect(highlightDocument(app, server, URI)).rejects.toBe(cancelled);
  expect(last).toBeUndefined();
});
