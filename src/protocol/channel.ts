/**
 * Messages between the extension host and the language server, beside LSP's own. Each is one constant that both ends
 * name: whoever sends and whoever answers it has its types from there.
 */

/** Host to server, answered with a result or an error. */
export interface RequestType<Params, Result> {
  readonly kind: "request";
  readonly method: string;
  /** Never set, like `result`: they carry the types. */
  readonly params?: Params;
  readonly result?: Result;
}

/** Host to server, not answered. */
export interface NoticeType<Params> {
  readonly kind: "notice";
  readonly method: string;
  /** Never set: it carries the type. */
  readonly params?: Params;
}

/** Server to host, not answered. */
export interface EventType<Params> {
  readonly kind: "event";
  readonly method: string;
  /** Never set: it carries the type. */
  readonly params?: Params;
}

export function request<Params, Result>(method: string): RequestType<Params, Result> {
  return { kind: "request", method };
}

export function notice<Params>(method: string): NoticeType<Params> {
  return { kind: "notice", method };
}

export function event<Params>(method: string): EventType<Params> {
  return { kind: "event", method };
}
