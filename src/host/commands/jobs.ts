import { type QuickInputButton, type QuickPickItem, ThemeIcon, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import type { Job } from "../../protocol/jobs";
import type { App } from "../app";
import { showError } from "../window/errors";
import { jobText } from "../status/jobTexts";

interface JobItem extends QuickPickItem {
  /** null: there is none. */
  readonly job: Job | null;
}

const cancelButton: QuickInputButton = {
  iconPath: new ThemeIcon("stop-circle"),
  tooltip: "Cancel",
};

/** The list of jobs, kept true while it is open; each has a button that cancels it. */
export function showJobs({ jobs, log }: App): void {
  const list = window.createQuickPick<JobItem>();
  list.title = "Twinlens: Jobs";
  list.matchOnDetail = true;
  const fill = () => {
    const items = itemsOf(jobs.list);
    // A press of a button must not fall between two lists that read alike.
    if (textOf(items) === textOf(list.items)) return;
    const active = list.activeItems[0]?.label;
    list.items = items;
    const again = items.filter(({ label }) => label === active);
    if (again.length > 0) list.activeItems = again;
  };
  const following = jobs.onDidChange(fill);
  list.onDidTriggerItemButton(({ item: { job } }) => {
    if (job) jobs.cancel(job).catch((error: unknown) => showError(log, error));
  });
  list.onDidAccept(() => list.hide());
  list.onDidHide(() => {
    following.dispose();
    list.dispose();
  });
  fill();
  list.show();
}

function itemsOf(jobs: readonly Job[]): readonly JobItem[] {
  if (jobs.length === 0) return [{ label: "No job is running or waiting", job: null }];
  return jobs.map((job) => ({
    label: `${iconOf(job)} ${plainLabel(job.title)}`,
    detail: plainLabel(jobText(job)),
    buttons: [cancelButton],
    job,
  }));
}

function textOf(items: readonly JobItem[]): string {
  return items.map(({ label, detail = "" }) => `${label}\n${detail}`).join("\n");
}

const icons: Readonly<Record<Job["kind"], string>> = {
  document: "$(file)",
  loading: "$(chip)",
  run: "$(graph-line)",
  study: "$(beaker)",
  probe: "$(telescope)",
  adaptation: "$(mortar-board)",
  game: "$(comment-discussion)",
  continuation: "$(git-branch)",
  transfer: "$(cloud-download)",
};

function iconOf({ kind, waitsFor }: Job): string {
  if (waitsFor !== null) return "$(clock)";
  return icons[kind];
}
