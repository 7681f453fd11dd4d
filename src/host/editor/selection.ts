import { type Disposable, EventEmitter, type TextEditor, window } from "vscode";
import { DocumentNotice, DocumentRequest } from "../../protocol/documents";
import type { DocumentSummary } from "../../protocol/summary";
import type { TextRange } from "../../protocol/scores";
import type { CurrentEditor } from "./currentEditor";
import type { Highlights } from "../heatmap/highlights";
import type { Server } from "../connection/server";
import { selectedRange, toTextRange } from "./textRanges";

/** How long a selection must rest before it is followed, ms. */
const REST_MS = 100;

/** Follows the selection in highlighted documents: tells the server of it, and keeps its numbers. */
export class SelectionNumbers implements Disposable {
  private numbers: DocumentSummary | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly change = new EventEmitter<void>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChange = this.change.event;

  constructor(
    private readonly server: Server,
    private readonly highlights: Highlights,
    private readonly editor: CurrentEditor,
  ) {
    this.subscriptions = [
      this.change,
      window.onDidChangeTextEditorSelection(() => this.schedule()),
      editor.onDidChange(() => this.schedule()),
      highlights.onDidChange((uri) => {
        if (highlights.get(uri)?.progress === null) this.schedule();
      }),
    ];
  }

  /** null: nothing is selected, or it has no numbers. */
  get(): DocumentSummary | null {
    return this.numbers;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.follow(), REST_MS);
  }

  private async follow(): Promise<void> {
    const editor = this.editor.get();
    const uri = editor?.document.uri.toString();
    if (editor === undefined || uri === undefined || !this.highlights.get(uri)) {
      return this.set(null);
    }
    const range = selectedRange(editor.document, editor.selection);
    const numbers = await this.ask(editor, range);
    if (isStill(editor, range)) this.set(numbers);
  }

  private async ask(
    { document, selection: selected }: TextEditor,
    range: TextRange | null,
  ): Promise<DocumentSummary | null> {
    const uri = document.uri.toString();
    try {
      const selection = toTextRange(document, selected);
      await this.server.notify(DocumentNotice.selection, { uri, selection });
      return range && (await this.server.request(DocumentRequest.summary, { uri, range }));
    } catch {
      // Nothing is scored there; commands report what went wrong.
      return null;
    }
  }

  private set(numbers: DocumentSummary | null): void {
    if (numbers === this.numbers) return;
    this.numbers = numbers;
    this.change.fire();
  }
}

/** The selection has not changed while the server answered. */
function isStill({ document, selection }: TextEditor, range: TextRange | null): boolean {
  const now = selectedRange(document, selection);
  return now?.start === range?.start && now?.endExclusive === range?.endExclusive;
}
