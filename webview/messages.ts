/** The panel's end of the channel to the extension host; the unions stand in `src/protocol/panels.ts`. */
export interface HostConnection<Incoming, Outgoing> {
  readonly post: (message: Outgoing) => void;
  readonly onMessage: (handle: (message: Incoming) => void) => void;
  /** What VS Code gives back when it restores the panel. */
  readonly keep: (state: object) => void;
}

/** Call it once: VS Code gives out its interface only once. */
export function connectToHost<Incoming, Outgoing>(): HostConnection<Incoming, Outgoing> {
  const host = acquireVsCodeApi();
  return {
    post: (message) => host.postMessage(message),
    keep: (state) => host.setState(state),
    onMessage: (handle) =>
      window.addEventListener("message", (event: MessageEvent<Incoming>) => handle(event.data)),
  };
}
