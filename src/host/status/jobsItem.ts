import { type Disposable, StatusBarAlignment, window } from "vscode";
import type { CurrentEditor } from "../editor/currentEditor";
import type { Jobs } from "./jobs";
import { jobsText } from "./jobTexts";

/** In the status bar while there are other jobs than the current document's, whose progress stands there anyway. */
export class JobsItem implements Disposable {
  private readonly item = window.createStatusBarItem("twinlens.jobs", StatusBarAlignment.Right, 99);
  private readonly subscriptions: readonly Disposable[];

  constructor(
    private readonly jobs: Jobs,
    private readonly editor: CurrentEditor,
  ) {
    this.item.name = "Twinlens Jobs";
    this.item.command = "twinlens.showJobs";
    this.item.tooltip = "Show what Twinlens is working on";
    const render = () => this.render();
    this.subscriptions = [this.item, jobs.onDidChange(render), editor.onDidChange(render)];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private render(): void {
    const { list } = this.jobs;
    const current = this.editor.document()?.uri.toString();
    const isOther = list.some((job) => !("uri" in job) || job.uri !== current);
    this.item.text = `$(loading~spin) ${jobsText(list)}`;
    if (isOther) this.item.show();
    else this.item.hide();
  }
}
