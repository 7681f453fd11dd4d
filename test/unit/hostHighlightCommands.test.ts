import { beforeEach, describe, expect, it, vi } from "vitest";
import type { App } from "../../src/host/app";
import {
  highlightDocument,
  highlightSelection,
  scoreAsReply,
} from "../../src/host/commands/highlight";
import type { Server } from "../../src/host/server";
import type { HighlightParams } from "../../src/protocol/requests";

vi.mock("vscode", () => ({
  CancellationTokenSource: class {
    readonly token = {};
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

/** What the document was scored for last. */
let last: HighlightParams | undefined;
const app = {
  editor: { get: () => editor },
  highlights: {
    get: () => last && { request: last },
    score: (request: HighlightParams) => Promise.resolve(void (last = request)),
  },
} as unknown as App;
const server = {
  request: () => Promise.resolve({ seconds: null, tokens: 0 }),
} as unknown as Server;

beforeEach(() => (last = undefined));

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
