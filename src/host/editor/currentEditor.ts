import { type Disposable, EventEmitter, type TextDocument, type TextEditor, window } from "vscode";
import { refusal } from "./documents";

/**
 * The editor that commands and views mean: the active one or, while a panel or an output has the focus, the last one
 * that had it and is still visible.
 */
export class CurrentEditor implements Disposable {
  private last: TextEditor | undefined;
  private readonly change = new EventEmitter<TextEditor | undefined>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChange = this.change.event;

  constructor() {
    this.remember(window.activeTextEditor);
    this.subscriptions = [
      this.change,
      window.onDidChangeActiveTextEditor((editor) => this.remember(editor)),
      window.onDidChangeVisibleTextEditors(() => this.change.fire(this.get())),
    ];
  }

  /** @param uri a document's, where the current editor is not what is meant */
  get(uri?: unknown): TextEditor | undefined {
    const visible = window.visibleTextEditors;
    const current = this.last && visible.includes(this.last) ? this.last : undefined;
    if (typeof uri !== "string" || current?.document.uri.toString() === uri) return current;
    return visible.find(({ document }) => document.uri.toString() === uri);
  }

  /** The document that was edited last, in sight or not, unless it has been closed. */
  lastDocument(): TextDocument | undefined {
    return this.last?.document.isClosed === false ? this.last.document : undefined;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private remember(editor: TextEditor | undefined): void {
    if (editor && refusal(editor.document.uri.scheme) === null) this.last = editor;
    this.change.fire(this.get());
  }
}
