import { type Disposable, EventEmitter, type TreeDataProvider, type TreeItem } from "vscode";
import type { DocumentSummary } from "../../protocol/requests";
import type { View } from "../../protocol/settings";
import type { CurrentEditor } from "../currentEditor";
import type { Highlights } from "../highlights";
import { documentRows } from "./documentRows";
import { type Row, treeItem } from "./rows";

/** Numbers of the current document. */
export class DocumentView implements TreeDataProvider<Row>, Disposable {
  private shown: DocumentSummary | null = null;
  private readonly change = new EventEmitter<void>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChangeTreeData = this.change.event;

  constructor(
    private readonly highlights: Highlights,
    private readonly editor: CurrentEditor,
    private readonly view: () => View,
  ) {
    this.subscriptions = [
      this.change,
      highlights.onDidChange(() => this.refreshIfChanged()),
      editor.onDidChange(() => this.refreshIfChanged()),
    ];
  }

  refresh(): void {
    this.change.fire();
  }

  getChildren(row?: Row): Row[] {
    if (row) return [...(row.children ?? [])];
    this.shown = this.summary();
    const uri = this.editor.get()?.document.uri.toString();
    return uri !== undefined && this.shown ? documentRows(uri, this.shown, this.view()) : [];
  }

  getTreeItem(row: Row): TreeItem {
    return treeItem(row);
  }

  /** A job reports progress many times before the numbers change. */
  private refreshIfChanged(): void {
    if (this.summary() !== this.shown) this.refresh();
  }

  private summary(): DocumentSummary | null {
    const uri = this.editor.get()?.document.uri.toString();
    return (uri === undefined ? undefined : this.highlights.get(uri)?.summary) ?? null;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
