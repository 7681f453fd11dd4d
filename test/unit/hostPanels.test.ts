import { expect, it } from "vitest";
import type { Webview } from "vscode";
import { answerPage } from "../../src/host/panels/answerPage";
import { fromAnchors, type FromAnchors, fromReport } from "../../src/protocol/panels";

/** A page that keeps what the host says; `errors` is what the host was told of. */
function pageOf(act: (request: FromAnchors) => Promise<void>) {
  let receive: (message: unknown) => unknown = () => undefined;
  const said: unknown[] = [];
  const errors: unknown[] = [];
  const webview = {
    onDidReceiveMessage: (listener: typeof receive) => {
      receive = listener;
      return { dispose: () => undefined };
    },
    postMessage: (message: unknown) => Promise.resolve(said.push(message) > 0),
  };
  answerPage(webview as never as Webview, fromAnchors, act, (error) => errors.push(error));
  return { send: (message: unknown) => receive(message), said, errors };
}

it("answers every request of a page under its number, in the order in which they are done", async () => {
  let end: () => void = () => undefined;
  const { send, said, errors } = pageOf(({ type }) =>
    type === "resume" ? new Promise((done) => (end = done)) : Promise.resolve(),
  );
  send({ number: 7, request: { type: "resume" } });
  send({ number: 8, request: { type: "cancel" } });
  await expect.poll(() => said).toEqual([{ type: "answer", number: 8, error: null }]);
  end();
  await expect.poll(() => said.at(-1)).toEqual({ type: "answer", number: 7, error: null });
  expect(errors).toEqual([]);
});

it("answers with what went wrong", async () => {
  const error = new Error("The disk is full.");
  const { send, said, errors } = pageOf(() => Promise.reject(error));
  send({ number: 1, request: { type: "score" } });
  await expect.poll(() => errors).toEqual([error]);
  expect(said).toEqual([{ type: "answer", number: 1, error: "The disk is full." }]);
});

it("answers what it does not understand with an error, and does nothing", async () => {
  const acts: unknown[] = [];
  const { send, said, errors } = pageOf((request) => Promise.resolve(void acts.push(request)));
  const sample = { type: "openSample", role: "rlhf", sample: -1 };
  send({ number: 1, request: sample });
  send({ number: 2, request: { type: "format" } });
  await expect.poll(() => said.length).toBe(2);
  expect(said).toMatchObject([{ number: 1 }, { number: 2 }]);
  expect(said.filter((answer) => (answer as { error: unknown }).error === null)).toEqual([]);
  expect(acts).toEqual([]);
  expect(errors.length).toBe(2);
});

it("saves drawings of a report, whose numbers have an export of their own, and tables of anchors too", () => {
  const save = { type: "saveText", name: "coverage", format: "svg", text: "<svg/>" };
  expect(fromReport.parse(save)).toEqual(save);
  const table = { ...save, format: "csv" };
  expect(fromReport.safeParse(table).success).toBe(false);
  expect(fromAnchors.parse(table)).toEqual(table);
});

it("takes only places in a text that can be there", () => {
  const reveal = { type: "reveal", start: 0, endExclusive: 3 };
  expect(fromReport.parse(reveal)).toEqual(reveal);
  expect(fromReport.safeParse({ ...reveal, start: 0.5 }).success).toBe(false);
});
