import {
  type Disposable,
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  type Uri,
  workspace,
} from "vscode";
import { formatNumber, formatPercent, plainLabel } from "../../analysis/presentation/format";
import { type Job, type StudyJobView } from "../../protocol/jobs";
import { type StudyState, StudyRequest } from "../../protocol/studies";
import type { Server } from "../connection/server";
import type { Jobs } from "../status/jobs";
import type { Studies } from "../studies/studies";
import { findStudies, studyTitle } from "../studies/studyFiles";

/** A study of the workspace; its commands are given this. */
export interface ListedStudy {
  readonly uri: Uri;
  /** null: the server did not say. */
  readonly state: StudyState | null;
}

/** Changes of files come in bursts, ms. */
const PAUSE_MS = 300;

/** The studies of the workspace, and how far they are. */
export class StudiesView implements TreeDataProvider<ListedStudy>, Disposable {
  private readonly change = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.change.event;
  private running: readonly StudyJobView[] = [];
  private waiting: NodeJS.Timeout | undefined;
  private readonly subscriptions: readonly Disposable[];

  constructor(
    private readonly server: Server,
    studies: Pick<Studies, "onDidChange">,
    jobs: Pick<Jobs, "onDidChange">,
  ) {
    this.subscriptions = [
      this.change,
      jobs.onDidChange((list) => this.follow(list)),
      studies.onDidChange(() => {
        // Results grow while they are measured: the job tells how far it is.
        if (this.running.length === 0) this.refreshSoon();
      }),
      server.onEnd(() => this.refreshSoon()),
    ];
  }

  /** The pair in use is another. */
  refresh(): void {
    this.change.fire();
  }

  async getChildren(parent?: ListedStudy): Promise<ListedStudy[]> {
    if (parent) return [];
    const found = await findStudies();
    if (found.length === 0) return [];
    const files = found.map(({ fsPath }) => fsPath);
    const states = await this.server.request(StudyRequest.states, { files }).catch(() => []);
    return found.map((uri, i) => ({ uri, state: states[i] ?? null }));
  }

  getTreeItem({ uri, state }: ListedStudy): TreeItem {
    const job = this.running.find(({ file }) => file === uri.fsPath);
    const item = new TreeItem(plainLabel(studyTitle(uri)));
    item.description = job ? jobText(job) : stateText(state);
    item.tooltip = [workspace.asRelativePath(uri), state?.kind === "faulty" ? state.reason : ""]
      .filter(Boolean)
      .join("\n");
    item.iconPath = job ? new ThemeIcon("loading~spin") : iconOf(state);
    item.contextValue = job ? "study.running" : "study";
    item.command = { command: "twinlens.openStudy", title: "", arguments: [uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.waiting);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private follow(list: readonly Job[]): void {
    const before = this.running;
    this.running = list.filter((job) => job.kind === "study");
    if (textOf(this.running) !== textOf(before)) this.refreshSoon();
  }

  private refreshSoon(): void {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.refresh();
    }, PAUSE_MS);
  }
}

function textOf(jobs: readonly StudyJobView[]): string {
  return JSON.stringify(jobs.map((job) => [job.file, jobText(job)]));
}

function jobText({ waitsFor, fraction }: StudyJobView): string {
  if (waitsFor !== null) return "waiting";
  return fraction === null ? "running" : `running, ${formatPercent(fraction, 0)}`;
}

function stateText(state: StudyState | null): string {
  if (state === null) return "";
  if (state.kind === "faulty") return "faulty";
  const { measured, cells } = state;
  if (measured === 0) return "not run";
  if (measured === cells) return "done";
  return `${formatNumber(measured, 0)} of ${formatNumber(cells, 0)} cells`;
}

function iconOf(state: StudyState | null): ThemeIcon {
  if (state?.kind !== "faulty") return new ThemeIcon("beaker");
  return new ThemeIcon("error", new ThemeColor("errorForeground"));
}
