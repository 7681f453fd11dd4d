import { env, window } from "vscode";
import { DocumentRequest } from "../../protocol/documents";
import type { App } from "../app";
import { exportScores } from "./exportScores";
import type { Server } from "../connection/server";

export function exportCsv(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "csv");
}

export function exportJson(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "json");
}

export function exportWordsCsv(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "csv", "word");
}

export function exportWordsJson(app: App, server: Server): Promise<void> {
  return exportCurrent(app, server, "json", "word");
}

export async function copyNumbers(app: App, server: Server): Promise<void> {
  const uri = app.editor.get()?.document.uri.toString();
  if (uri === undefined) return;
  await env.clipboard.writeText(
    await server.request(DocumentRequest.export, { uri, format: "markdown" }),
  );
  window.setStatusBarMessage("$(check) Numbers copied as Markdown", 3000);
}

async function exportCurrent(
  app: App,
  server: Server,
  format: "csv" | "json",
  unit: "token" | "word" = "token",
): Promise<void> {
  const uri = app.editor.get()?.document.uri.toString();
  if (uri !== undefined) await exportScores(server, { uri, format, unit });
}
