import {
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  languages,
  type LogOutputChannel,
  type TextDocument,
  type Uri,
  workspace,
} from "vscode";
import { StudyRequest } from "../../protocol/studies";
import type { Server } from "../connection/server";
import { isStudyDocument } from "./studyFiles";

/** Pause after the last key, ms. */
const PAUSE_MS = 300;

/** Marks what is wrong in the files of studies that are open. */
export class StudyChecks implements Disposable {
  private readonly found = languages.createDiagnosticCollection("twinlens");
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: readonly Disposable[];

  constructor(
    private readonly server: Server,
    private readonly log: LogOutputChannel,
  ) {
    this.subscriptions = [
      this.found,
      workspace.onDidOpenTextDocument((document) => this.checkSoon(document, 0)),
      workspace.onDidChangeTextDocument(({ document }) => this.checkSoon(document, PAUSE_MS)),
      workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
    ];
    for (const document of workspace.textDocuments) this.checkSoon(document, 0);
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private checkSoon(document: TextDocument, pause: number): void {
    if (!isStudyDocument(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.waiting.get(key));
    const check = () => {
      this.waiting.delete(key);
      this.check(document).catch((error: unknown) => this.log.warn(String(error)));
    };
    this.waiting.set(key, setTimeout(check, pause));
  }

  private async check(document: TextDocument): Promise<void> {
    const { uri, version } = document;
    const faults = await this.server.request(StudyRequest.check, { text: document.getText() });
    if (document.isClosed || document.version !== version) return;
    const marks = faults.map(({ line, column, message }) => {
      const place = document.validatePosition(
        document.lineAt(0).range.start.with(line - 1, column - 1),
      );
      const range = document.getWordRangeAtPosition(place) ?? document.lineAt(place).range;
      const mark = new Diagnostic(range, message, DiagnosticSeverity.Error);
      mark.source = "Twinlens";
      return mark;
    });
    this.found.set(uri, marks);
  }

  private forget(uri: Uri): void {
    clearTimeout(this.waiting.get(uri.toString()));
    this.waiting.delete(uri.toString());
    this.found.delete(uri);
  }
}
