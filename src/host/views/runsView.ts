import { posix } from "node:path";
import {
  type Disposable,
  EventEmitter,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  Uri,
  workspace,
} from "vscode";
import * as z from "zod/mini";
import type { Jobs } from "../status/jobs";
import { readText } from "../runs/runPanel";

/** A saved run. */
export interface SavedRun {
  readonly uri: Uri;
  /** Of the file, where that can't be read. */
  readonly name: string;
  readonly created: string;
  readonly isDamaged: boolean;
}

/** What the list shows of a file; the rest is read when the run is opened. */
const headSchema = z.looseObject({ name: z.string(), created: z.string() });

/** The runs that are saved by themselves, the newest first, from the beginning of their first job on. */
export class RunsView implements TreeDataProvider<SavedRun>, Disposable {
  private readonly change = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.change.event;
  /** By file and time of change: a run of megabytes is read once. */
  private readonly known = new Map<string, SavedRun>();

  /** Files of runs that are worked on. */
  private running: readonly string[] = [];
  private readonly listening: Disposable;

  constructor(
    private readonly folder: Uri,
    jobs: Pick<Jobs, "onDidChange">,
  ) {
    this.listening = jobs.onDidChange((list) => {
      const running = list.flatMap((job) => (job.kind === "run" && job.file ? job.file : []));
      if (running.join("\n") === this.running.join("\n")) return;
      this.running = running;
      this.refresh();
    });
  }

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
    const isRunning = this.running.includes(run.uri.fsPath);
    if (isRunning) item.iconPath = new ThemeIcon("loading~spin");
    item.description = isRunning ? "running" : whenOrWhy(run);
    item.tooltip = `${run.name}\n${run.uri.fsPath}`;
    item.contextValue = run.isDamaged ? "damagedRun" : "run";
    item.command = { command: "twinlens.openRun", title: "", arguments: [run] };
    return item;
  }

  dispose(): void {
    this.listening.dispose();
    this.change.dispose();
  }

  /** null: there is no file any more. */
  private async read(uri: Uri): Promise<SavedRun | null> {
    const found = await workspace.fs.stat(uri).then(
      ({ mtime }) => ({ mtime }),
      () => null,
    );
    if (found === null) return null;
    const key = `${uri.toString()} ${found.mtime}`;
    const known = this.known.get(key);
    if (known) return known;
    const run = { uri, ...(await readHead(uri)) };
    this.known.set(key, run);
    return run;
  }
}

function whenOrWhy({ isDamaged, created }: SavedRun): string {
  return isDamaged ? "damaged" : new Date(created).toLocaleString();
}

/** A file that is not a run is listed and left alone: the user may still rescue samples from it. */
async function readHead(uri: Uri): Promise<Omit<SavedRun, "uri">> {
  try {
    const { name, created } = headSchema.parse(JSON.parse(await readText(uri)));
    return { name, created, isDamaged: false };
  } catch {
    return { name: posix.basename(uri.path), created: "", isDamaged: true };
  }
}
