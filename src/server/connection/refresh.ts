/** Editors ask for what they show of a document again when the server tells them to. */
import { CodeLensRefreshRequest, type Connection } from "vscode-languageserver/node";

export function refreshLenses(connection: Connection): void {
  connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
}

export function refreshHints(connection: Connection): void {
  connection.languages.inlayHint.refresh().catch(() => undefined);
}
