import {
  type Disposable,
  EventEmitter,
  type TextDocument,
  type TextEditor,
  window,
  workspace,
} from "vscode";
import { refusal } from "./documents";

/**
 * The editor that commands mean: the active one or, while a panel or an output has the focus, the last one that had it
 * and is still visible. Views show its document, or the last one's that a panel covers.
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
      workspace.onDidCloseTextDocument(() => this.change.fire(this.get())),
    ];
  }

  /** @param uri a document's, where the current editor is not what is meant */
  get(uri?: unknown): TextEditor | undefined {
    const visible = window.visibleTextEditors;
    // An editor that was covered comes back as another object.
    const current =
      visible.find((editor) => editor === this.last) ??
      visible.find(({ document }) => document === this.last?.document);
    if (typeof uri !== "string" || current?.document.uri.toString() === uri) return current;
    return visible.find(({ document }) => document.uri.toString() === uri);
  }

  /** The document of {@link get} or, where a panel covers it, the one that had the focus last; unless it has been closed. */
  document(): TextDocument | undefined {
    const last = this.last?.document.isClosed === false ? this.last.document : undefined;
    return this.get()?.document ?? last;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private remember(editor: TextEditor | undefined): void {
    if (editor && refusal(editor.document.uri.scheme) === null) this.last = editor;
    this.change.fire(this.get());
  }
}
