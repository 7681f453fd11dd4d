import {
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  TreeItem,
  Uri,
  workspace,
} from "vscode";
import * as z from "zod/mini";
import { readText } from "../runs/runPanel";

/** A saved run. */
export interface SavedRun {
  readonly uri: Uri;
  readonly name: string;
  readonly created: string;
}

/** What the list shows of a file; the rest is read when the run is opened. */
const headSchema = z.looseObject({ name: z.string(), created: z.string() });

/** The runs that were saved by themselves, the newest first. */
export class RunsView implements TreeDataProvider<SavedRun>, Disposable {
  private readonly change = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.change.event;
  /** By file and time of change: a run of megabytes is read once. */
  private readonly known = new Map<string, SavedRun>();

  constructor(private readonly folder: Uri) {}

  refresh(): void {
    this.change.fire();
  }

  async getChildren(): Promise<SavedRun[]> {
    const entries = await workspace.fs.readDirectory(this.folder).then(
      (found) => found,
      () => [],
    );
    const files = entries.map(([name]) => name).filter((name) => name.endsWith(".twinlens.json"));
    const runs = await Promise.all(files.map((name) => this.read(Uri.joinPath(this.folder, name))));
    return runs
      .filter((run) => run !== null)
      .sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
  }

  getTreeItem(run: SavedRun): TreeItem {
    const item = new TreeItem(run.name || "(no prompt)");
    item.description = new Date(run.created).toLocaleString();
    item.tooltip = `${run.name}\n${run.uri.fsPath}`;
    item.contextValue = "run";
    item.command = { command: "twinlens.openRun", title: "", arguments: [run] };
    return item;
  }

  dispose(): void {
    this.change.dispose();
  }

  private async read(uri: Uri): Promise<SavedRun | null> {
    try {
      const { mtime } = await workspace.fs.stat(uri);
      const key = `${uri.toString()} ${mtime}`;
      const known = this.known.get(key);
      if (known) return known;
      const head = headSchema.parse(JSON.parse(await readText(uri)));
      const run = { uri, name: head.name, created: head.created };
      this.known.set(key, run);
      return run;
    } catch {
      // A file that is no run is not listed.
      return null;
    }
  }
}
