import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import {
  type Connection,
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { Server } from "../../src/host/connection/server";
import { event, notice, request } from "../../src/protocol/channel";
import { ConfigurationNotice } from "../../src/protocol/configuration";
import { DocumentEvent, DocumentNotice, DocumentRequest } from "../../src/protocol/documents";
import { JobEvent } from "../../src/protocol/jobs";
import { ModelEvent, ModelRequest } from "../../src/protocol/models";
import { RunEvent, RunRequest } from "../../src/protocol/runs";
import { answer, hear, teller } from "../../src/server/connection/channel";

vi.mock("vscode", () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
}));

interface WordsParams {
  readonly uri: string;
}

const WordRequest = {
  /** Words of a document. */
  count: request<WordsParams, number>("twinlens/countWords"),
};
const WordNotice = { forget: notice<WordsParams>("twinlens/forgetWords") };
const counted = event<number>("twinlens/countedWords");

function answerAboutWords(connection: Connection, textOf: (uri: string) => string): void {
  answer(connection, WordRequest, {
    count: ({ uri }) => textOf(uri).split(" ").length,
  });
}

function wordsOf(server: Server, uri: string): Promise<number> {
  return server.request(WordRequest.count, { uri });
}

/** Both ends of a channel in one process; a protocol connection sends as the language client does. */
function connected(): { readonly connection: Connection; readonly server: Server } {
  const [toServer, toHost] = [new PassThrough(), new PassThrough()];
  const connection = createConnection(
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toHost),
  );
  const client = createProtocolConnection(
    new StreamMessageReader(toHost),
    new StreamMessageWriter(toServer),
  );
  client.listen();
  const started = Object.assign(client, { start: () => Promise.resolve() });
  return { connection, server: new Server(() => Promise.resolve(started as never)) };
}

it("carries a request there and its result back, or its error", async () => {
  const { connection, server } = connected();
  answerAboutWords(connection, (uri) => {
    if (uri !== "fox") throw new Error("No such document.");
    return "the quick fox";
  });
  connection.listen();
  expect(await wordsOf(server, "fox")).toBe(3);
  await expect(wordsOf(server, "wolf")).rejects.toThrow("No such document.");
});

const methodsOf = (table: Record<string, { readonly method: string }>) =>
  Object.values(table).map(({ method }) => method);

it("has one name per message", () => {
  const methods = [
    ...[DocumentRequest, ModelRequest, RunRequest].flatMap(methodsOf),
    ...[ConfigurationNotice, DocumentNotice].flatMap(methodsOf),
    ...[DocumentEvent, JobEvent, ModelEvent, RunEvent].flatMap(methodsOf),
  ];
  expect(new Set(methods).size).toBe(methods.length);
});

/** Never called: the compiler is the test, which fails where a line does compile. */
export function drifts(connection: Connection, server: Server): void {
  // @ts-expect-error the host sends another parameter
  void server.request(WordRequest.count, { path: "fox" });
  // @ts-expect-error the host sends a parameter too many
  void server.request(WordRequest.count, { uri: "fox", path: "fox" });
  // @ts-expect-error the host wants another result
  void server.request(WordRequest.count, { uri: "fox" }).then((words: string) => words);
  // @ts-expect-error the host sends another parameter
  void server.notify(WordNotice.forget, { uri: 1 });
  // @ts-expect-error nobody answers a notice
  void server.request(WordNotice.forget, { uri: "fox" });
  // @ts-expect-error an event goes to the host
  void server.notify(counted, 3);
  // @ts-expect-error the server reads another parameter
  answer(connection, WordRequest, { count: (params: { path: string }) => params.path.length });
  // @ts-expect-error the server gives another result
  answer(connection, WordRequest, { count: ({ uri }) => uri });
  // @ts-expect-error the server promises another result
  answer(connection, WordRequest, { count: ({ uri }) => Promise.resolve(uri) });
  // @ts-expect-error the server leaves a request without an answer
  answer(connection, WordRequest, {});
  // @ts-expect-error the server answers what nobody asks
  answer(connection, WordRequest, { count: ({ uri }) => uri.length, lines: () => 1 });
  // @ts-expect-error the server reads another parameter
  hear(connection, WordNotice, { forget: (params: { path: string }) => void params.path });
  // @ts-expect-error the server says something else
  teller(connection, counted)("three");
}
