import { Uri } from "vscode";
import { DocumentRequest, type ExportParams } from "../../protocol/documents";
import { saveAs } from "../window/files";
import type { Server } from "../connection/server";

/** Asks for a file and writes the document's scores to it. */
export async function exportScores(
  server: Server,
  params: ExportParams & { readonly format: "csv" | "json" },
): Promise<void> {
  const text = await server.request(DocumentRequest.export, params);
  const part = params.unit === "word" ? "words" : "scores";
  await saveAs(Uri.parse(params.uri, true), params.format, new TextEncoder().encode(text), part);
}
