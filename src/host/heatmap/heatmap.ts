import { type Disposable, type TextEditor, window, workspace } from "vscode";
import type { Highlights } from "./highlights";
import { PaintedEditor, type PaintSource } from "./paintedEditor";
import { DecorationTypes } from "./styles";

/** Keeps every visible editor of a highlighted document painted: split and diff editors each on their own. */
export class HeatMap implements Disposable {
  private readonly types = new DecorationTypes();
  private readonly painted = new Map<TextEditor, PaintedEditor>();
  private readonly subscriptions: readonly Disposable[];

  private readonly source: PaintSource;

  constructor(
    private readonly highlights: Highlights,
    source: Omit<PaintSource, "types">,
  ) {
    this.source = { ...source, types: this.types };
    this.subscriptions = [
      highlights.onDidChange(() => this.follow()),
      window.onDidChangeVisibleTextEditors(() => this.follow()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) =>
        this.painted.get(textEditor)?.scrolled(),
      ),
      workspace.onDidChangeTextDocument(({ document }) => this.repaint(document.uri.toString())),
      source.server.onScored(({ uri }) => this.repaint(uri)),
      this.types,
    ];
    this.follow();
  }

  /** Paints everything again, as after a change of view. */
  refresh(): void {
    for (const painted of this.painted.values()) painted.repaint();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const painted of this.painted.values()) painted.dispose();
  }

  private repaint(uri: string): void {
    for (const painted of this.painted.values()) if (painted.uri === uri) painted.repaint();
  }

  /** Begins with editors that show a highlighted document, and ends with those that no longer do. */
  private follow(): void {
    const wanted = window.visibleTextEditors.filter(
      ({ document }) => this.highlights.get(document.uri.toString()) !== undefined,
    );
    for (const [editor, painted] of this.painted) {
      if (wanted.includes(editor)) continue;
      painted.dispose();
      this.painted.delete(editor);
    }
    for (const editor of wanted) {
      if (this.painted.has(editor)) continue;
      this.painted.set(editor, new PaintedEditor(editor, this.source));
    }
  }
}
