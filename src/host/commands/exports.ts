import { env, Uri, window } from "vscode";
import { type ExportParams, Method } from "../../protocol/requests";
import type { App } from "../app";
import { saveAs } from "../files";
import type { Server } from "../server";

export function exportCsv(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "csv");
}

export function exportJson(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "json");
}

export async function copyNumbers(app: App, server: Server): Promise<void> {
  const uri = app.editor.get()?.document.uri.toString();
  if (uri === undefined) return;
  await env.clipboard.writeText(await server.request(Method.export, { uri, format: "markdown" }));
  window.setStatusBarMessage("$(check) Numbers copied as Markdown", 3000);
}

async function exportCurrent(app: App, server: Server, format: "csv" | "json"): Promise<void> {
  const uri = app.editor.get()?.document.uri.toString();
  if (uri !== undefined) await exportScores(server, { uri, format });
}

/** Asks for a file and writes the document's scores to it. */
export async function exportScores(
  server: Server,
  params: ExportParams & { readonly format: "csv" | "json" },
): Promise<void> {
  const text = await server.request(Method.export, params);
  await saveAs(Uri.parse(params.uri, true), params.format, new TextEncoder().encode(text));
}
