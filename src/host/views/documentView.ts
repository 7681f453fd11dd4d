import {
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  window,
} from "vscode";
import type { DocumentSummary } from "../../protocol/summary";
import type { View } from "../../protocol/settings";
import type { CurrentEditor } from "../editor/currentEditor";
import { viewNames } from "../heatmap/legend";
import type { Highlights } from "../heatmap/highlights";
import { documentRows } from "./documentRows";
import { type Row, treeItem } from "./rows";

/** Numbers of the current document, under a title that names the view of the heat map. */
export class DocumentView implements TreeDataProvider<Row>, Disposable {
  private readonly tree: TreeView<Row>;
  private shown: DocumentSummary | null = null;
  private readonly change = new EventEmitter<void>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChangeTreeData = this.change.event;

  constructor(
    private readonly highlights: Highlights,
    private readonly editor: CurrentEditor,
    private readonly view: () => View,
  ) {
    this.tree = window.createTreeView("twinlens.document", { treeDataProvider: this });
    // Beside a description, VS Code shows the manifest's name only where it is not localised.
    this.tree.title = "Document";
    this.subscriptions = [
      this.tree,
      this.change,
      highlights.onDidChange(() => this.refreshIfChanged()),
      editor.onDidChange(() => this.refreshIfChanged()),
    ];
  }

  refresh(): void {
    this.shown = this.summary();
    this.tree.description = this.shown ? viewNames[this.view()] : "";
    this.change.fire();
  }

  getChildren(row?: Row): Row[] {
    if (row) return [...(row.children ?? [])];
    const uri = this.editor.document()?.uri.toString();
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
    const uri = this.editor.document()?.uri.toString();
    return (uri === undefined ? undefined : this.highlights.get(uri)?.summary) ?? null;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
