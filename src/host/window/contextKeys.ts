import { commands, type Disposable } from "vscode";
import type { CurrentEditor } from "../editor/currentEditor";
import type { Highlights } from "../heatmap/highlights";
import { isActive, type LocalModels } from "../models/localModels";
import type { Server } from "../connection/server";

/** Keys that `when` and `enablement` clauses of the manifest ask for, each under `twinlens.`. */
export interface ContextKeys {
  /** There is a pair to work with. */
  readonly hasPair: boolean;
  /** A model is loaded. */
  readonly hasModels: boolean;
  /** The current document is highlighted or about to be. */
  readonly isActive: boolean;
  /** The current document has numbers. */
  readonly hasScores: boolean;
  /** Something is being scored. */
  readonly isBusy: boolean;
  /** A model is being fetched. */
  readonly isFetching: boolean;
  /** A model was fetched in part, and can be gone on with. */
  readonly hasPausedDownloads: boolean;
}

/** Keeps the keys true to what is going on. */
export class ContextKeyWriter implements Disposable {
  private readonly written = new Map<string, boolean>();
  private readonly subscriptions: readonly Disposable[];
  private hasModels = false;

  constructor(
    server: Server,
    private readonly highlights: Highlights,
    private readonly editor: CurrentEditor,
    private readonly models: LocalModels,
    private readonly hasPair: () => boolean,
  ) {
    const write = () => this.refresh();
    this.subscriptions = [
      highlights.onDidChange(write),
      editor.onDidChange(write),
      models.onDidChange(write),
      server.onModelsChanged(({ models }) => {
        this.hasModels = models.some(({ state }) => state === "loaded");
        this.refresh();
      }),
      server.onEnd(() => {
        this.hasModels = false;
        this.refresh();
      }),
    ];
    this.refresh();
  }

  refresh(): void {
    const uri = this.editor.get()?.document.uri.toString();
    const highlight = uri === undefined ? undefined : this.highlights.get(uri);
    const { transfers } = this.models.current;
    const keys: ContextKeys = {
      hasPair: this.hasPair(),
      hasModels: this.hasModels,
      isActive: highlight !== undefined,
      hasScores: highlight !== undefined && highlight.summary !== null,
      isBusy: this.highlights.isBusy,
      isFetching: transfers.some(isActive),
      hasPausedDownloads: transfers.some((transfer) => !isActive(transfer)),
    };
    for (const [key, value] of Object.entries(keys) as [string, boolean][]) {
      if (this.written.get(key) === value) continue;
      this.written.set(key, value);
      void commands.executeCommand("setContext", `twinlens.${key}`, value);
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
