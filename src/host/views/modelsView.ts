import { type Disposable, EventEmitter, type TreeDataProvider, type TreeItem } from "vscode";
import { ModelRequest, type ModelsState } from "../../protocol/models";
import type { Server } from "../connection/server";
import type { LocalModels } from "../models/localModels";
import { EMBEDDED_PAIR } from "../settings/pairs";
import { fileRows } from "./fileRows";
import { modelRows } from "./modelRows";
import { type Row, treeItem } from "./rows";

const noServerRow: Row = {
  label: "The language server is not running",
  description: "click to start it",
  icon: "error",
  color: "errorForeground",
  command: { command: "twinlens.restartServer", title: "Restart Language Server" },
};

/** Beside the pair that comes with Twinlens. */
const realPairRow: Row = {
  label: "Get a Pair of Models…",
  description: "real ones",
  icon: "cloud-download",
  command: { command: "twinlens.getPair", title: "Get a Pair of Models…" },
};

/** The pair in use: what its two models are, and where they are; what is being fetched, and what lies on this machine. */
export class ModelsView implements TreeDataProvider<Row>, Disposable {
  private state: ModelsState | null = null;
  private readonly change = new EventEmitter<void>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChangeTreeData = this.change.event;

  /** @param hasPair without a pair the view is empty, and its welcome text says how to choose one */
  constructor(
    private readonly server: Server,
    private readonly files: LocalModels,
    private readonly hasPair: () => boolean,
  ) {
    this.subscriptions = [
      this.change,
      server.onModelsChanged((state) => this.show(state)),
      server.onEnd(() => this.show(null)),
      files.onDidChange(() => this.change.fire()),
    ];
  }

  refresh(): void {
    this.show(null);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row) return [...(row.children ?? [])];
    try {
      const [state, files] = await Promise.all([
        this.hasPair() ? this.pairState() : null,
        this.files.look(),
      ]);
      const isTinyPair = state?.pair === EMBEDDED_PAIR && files.transfers.length === 0;
      return [
        ...(state === null ? [] : modelRows(state)),
        ...(isTinyPair ? [realPairRow] : []),
        ...fileRows(files, Date.now()),
      ];
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

  private async pairState(): Promise<ModelsState> {
    this.state ??= await this.server.request(ModelRequest.state, null);
    return this.state;
  }

  /** null: the server is asked when the view is next looked at. */
  private show(state: ModelsState | null): void {
    this.state = state;
    this.change.fire();
  }
}
