/// <reference types="vscode-webview" />
/** The panel's end of the channel to the extension host; the unions stand in `src/protocol/panels.ts`. */
import type { Numbered, PanelAnswer } from "../../src/protocol/panels";

export interface HostConnection<Incoming, Request> {
  /** Resolves when it is done; rejects with what went wrong, in words for the user. */
  readonly ask: (request: Request) => Promise<void>;
  readonly onMessage: (handle: (message: Incoming) => void) => void;
  /** What VS Code gives back when it restores the panel. */
  readonly keep: (state: object) => void;
}

/** Call it once: VS Code gives out its interface only once. */
export function connectToHost<
  Incoming extends { readonly type: string },
  Request,
>(): HostConnection<Incoming, Request> {
  const host = acquireVsCodeApi();
  const settle = new Map<number, (error: string | null) => void>();
  // A page that was hidden is loaded again: answers to what it had asked before are none of its own.
  let number = Date.now();

  const listen = (handle: (message: Incoming | PanelAnswer) => void) =>
    window.addEventListener("message", (event: MessageEvent<Incoming | PanelAnswer>) =>
      handle(event.data),
    );
  listen((message) => {
    if (!isAnswer(message)) return;
    settle.get(message.number)?.(message.error);
    settle.delete(message.number);
  });

  return {
    ask: (request) =>
      new Promise((done, fail) => {
        number++;
        settle.set(number, (error) => (error === null ? done() : fail(new Error(error))));
        host.postMessage({ number, request } satisfies Numbered<Request>);
      }),
    onMessage: (handle) =>
      listen((message) => {
        if (!isAnswer(message)) handle(message);
      }),
    keep: (state) => host.setState(state),
  };
}

function isAnswer(message: { readonly type: string }): message is PanelAnswer {
  return message.type === "answer";
}
