import {
  type Disposable,
  EventEmitter,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type Uri,
} from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import { type RunSet, type SavedRun, SavedRuns } from "../runs/savedRuns";
import type { Jobs } from "../status/jobs";

/** The runs that are saved by themselves, the newest first, from the beginning of their first job on, and sets of them. */
export class RunsView implements TreeDataProvider<SavedRun | RunSet>, Disposable {
  private readonly change = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.change.event;
  private readonly runs: SavedRuns;

  /** Files of runs that are worked on. */
  private running: readonly string[] = [];
  private readonly listening: Disposable;

  constructor(folder: Uri, jobs: Pick<Jobs, "onDidChange">) {
    this.runs = new SavedRuns(folder);
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

  async getChildren(parent?: SavedRun | RunSet): Promise<(SavedRun | RunSet)[]> {
    return parent?.kind === "run" ? [] : this.runs.list(parent);
  }

  getTreeItem(entry: SavedRun | RunSet): TreeItem {
    return entry.kind === "set" ? setItem(entry) : this.runItem(entry);
  }

  dispose(): void {
    this.listening.dispose();
    this.change.dispose();
  }

  private runItem(run: SavedRun): TreeItem {
    const item = new TreeItem(plainLabel(run.name) || "(no prompt)");
    const isRunning = this.running.includes(run.uri.fsPath);
    if (isRunning) item.iconPath = new ThemeIcon("loading~spin");
    item.description = isRunning ? "running" : whenOrWhy(run);
    item.tooltip = `${run.name}\n${run.uri.fsPath}`;
    item.contextValue = contextOf(run, isRunning);
    item.command = { command: "twinlens.openRun", title: "", arguments: [run] };
    return item;
  }
}

function setItem(set: RunSet): TreeItem {
  const item = new TreeItem(plainLabel(set.name), TreeItemCollapsibleState.Collapsed);
  item.iconPath = new ThemeIcon("files");
  item.description = new Date(set.created).toLocaleString();
  item.tooltip = `${set.name}\nRuns that were imported together.\n${set.uri.fsPath}`;
  item.contextValue = "runSet";
  return item;
}

/** What the menus of the manifest ask for; a run that is worked on takes no samples from elsewhere. */
function contextOf({ isDamaged, missing }: SavedRun, isRunning: boolean): string {
  if (isDamaged) return "damagedRun";
  return missing.length > 0 && !isRunning ? "run.incomplete" : "run";
}

/** Runs of a set have its time. */
function whenOrWhy({ isDamaged, isInSet, created }: SavedRun): string {
  if (isDamaged) return "damaged";
  return isInSet ? "" : new Date(created).toLocaleString();
}
