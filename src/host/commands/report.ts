import type { App } from "../app";
import type { Server } from "../connection/server";

/** Argument, from a lens: the URI of the document; without it, the current one. */
export function openReport(app: App, _server: Server, uri?: unknown): void {
  const editor = app.editor.get(uri);
  if (editor) app.reports.open(editor.document.uri.toString());
}
