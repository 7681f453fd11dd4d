import { type Disposable, EventEmitter, type TreeDataProvider, type TreeItem } from "vscode";
import { ModelRequest, type ModelsState } from "../../protocol/models";
import type { Server } from "../connection/server";
import { modelRows } from "./modelRows";
import { type Row, treeItem } from "./rows";

const noServerRow: Row = {
  label: "The language server is not running",
  description: "click to start it",
  icon: "error",
  color: "errorForeground",
  command: { command: "twinlens.restartServer", title: "Restart Language Server" },
};

/** The pair in use: what its two models are, and where they are. */
export class ModelsView implements TreeDataProvider<Row>, Disposable {
  private state: ModelsState | null = null;
  private readonly change = new EventEmitter<void>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChangeTreeData = this.change.event;

  /** @param hasPair without a pair the view is empty, and its welcome text says how to choose one */
  constructor(
    private readonly server: Server,
    private readonly hasPair: () => boolean,
  ) {
    this.subscriptions = [
      this.change,
      server.onModelsChanged((state) => this.show(state)),
      server.onEnd(() => this.show(null)),
    ];
  }

  refresh(): void {
    this.show(null);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row) return [...(row.children ?? [])];
    if (!this.hasPair()) return [];
    try {
      this.state ??= await this.server.request(ModelRequest.state, null);
      return modelRows(this.state);
    } catch {
      return [noServerRow];
    }
  }

  getTreeItem(row: Row): TreeItem {
    return treeItem(row);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** null: the server is asked when the view is next looked at. */
  private show(state: ModelsState | null): void {
    this.state = state;
    this.change.fire();
  }
}
