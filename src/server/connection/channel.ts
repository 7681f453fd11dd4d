/** The server's end of the messages in `src/protocol`; each has its name and types from its constant there. */
import type { Connection } from "vscode-languageserver/node";
import type { EventType, NoticeType, RequestType } from "../../protocol/channel";
import { respond } from "./responses";

/** What answers each of a table of requests; it fails by throwing. */
export type Answers<Table extends Requests<keyof Table>> = {
  readonly [Name in keyof Table]: (
    params: Required<Table[Name]>["params"],
    signal: AbortSignal,
  ) => Required<Table[Name]>["result"] | Promise<Required<Table[Name]>["result"]>;
};

/** A table of requests. */
type Requests<Names extends PropertyKey> = Readonly<Record<Names, RequestType<unknown, unknown>>>;

export function answer<Table extends Requests<keyof Table>>(
  connection: Connection,
  requests: Table,
  answers: Answers<Table>,
): void {
  for (const name in requests) {
    connection.onRequest(requests[name].method, respond(answers[name]));
  }
}

/** What is done at each of a table of notices. */
export type Hearers<Table extends Notices<keyof Table>> = {
  readonly [Name in keyof Table]: (params: Required<Table[Name]>["params"]) => void;
};

/** A table of notices. */
type Notices<Names extends PropertyKey> = Readonly<Record<Names, NoticeType<unknown>>>;

export function hear<Table extends Notices<keyof Table>>(
  connection: Connection,
  notices: Table,
  hearers: Hearers<Table>,
): void {
  for (const name in notices) connection.onNotification(notices[name].method, hearers[name]);
}

/** What sends an event to the host. */
export function teller<Params>(
  connection: Connection,
  { method }: EventType<Params>,
): (params: Params) => void {
  return (params) => void connection.sendNotification(method, params);
}
