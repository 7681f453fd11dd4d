/** Documents of corpora as read-only texts of the editor, which come back with the window. */
import {
  type CancellationToken,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  workspace,
} from "vscode";
import * as z from "zod/mini";
import { parseDocumentTarget } from "../../protocol/documentTarget";
import { type StudyDocumentParams, StudyRequest } from "../../protocol/studies";
import type { Server } from "../connection/server";

export const STUDY_DOCUMENT = "twinlens-document";

/** Its tab says corpus and record. null: the target names no document. */
export function documentUri(file: string, target: string): Uri | null {
  const named = parseDocumentTarget(target);
  if (named === null) return null;
  // A slash in a name would begin a folder.
  const [corpus, document] = [named.corpus, named.document].map((name) =>
    name.replace(/[\\/]/gu, "∕"),
  );
  const query = JSON.stringify({ file, target } satisfies StudyDocumentParams);
  return Uri.from({ scheme: STUDY_DOCUMENT, path: `/${corpus} · ${document}`, query });
}

export class StudyDocuments implements TextDocumentContentProvider {
  /** Texts that are about to be asked for, by URI. */
  private readonly read = new Map<string, string>();

  constructor(private readonly server: Server) {}

  /** @throws the server's error, where the document is not there any more */
  async open(uri: Uri): Promise<TextDocument> {
    const key = uri.toString();
    // An editor's own message says nothing of why a text could not be had.
    this.read.set(key, await this.server.request(StudyRequest.document, paramsOf(uri)));
    try {
      return await workspace.openTextDocument(uri);
    } finally {
      this.read.delete(key);
    }
  }

  provideTextDocumentContent(uri: Uri, token: CancellationToken): Promise<string> {
    const text = this.read.get(uri.toString());
    if (text !== undefined) return Promise.resolve(text);
    return this.server.request(StudyRequest.document, paramsOf(uri), token);
  }
}

function paramsOf({ query }: Uri): StudyDocumentParams {
  return z.object({ file: z.string(), target: z.string() }).parse(JSON.parse(query));
}
