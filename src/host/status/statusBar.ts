import { type Disposable, MarkdownString, StatusBarAlignment, window, workspace } from "vscode";
import type { View } from "../../protocol/settings";
import type { CurrentEditor } from "../editor/currentEditor";
import type { Highlights } from "../heatmap/highlights";
import type { NoPair, ResolvedPair } from "../settings/pairs";
import type { SelectionNumbers } from "../editor/selection";
import { type Status, statusText } from "./statusText";
import { tooltipMarkdown } from "./statusTooltip";

export interface StatusSources {
  readonly highlights: Highlights;
  readonly editor: CurrentEditor;
  readonly selection: SelectionNumbers;
  readonly pair: () => ResolvedPair | NoPair;
  readonly view: () => View;
}

/** Pair, perplexities of the document or the selection, progress; a click while it is scored lists the jobs. */
export class StatusBar implements Disposable {
  private readonly item = window.createStatusBarItem(
    "twinlens.status",
    StatusBarAlignment.Right,
    100,
  );
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly sources: StatusSources) {
    const render = () => this.refresh();
    this.subscriptions = [
      this.item,
      sources.highlights.onDidChange(render),
      sources.editor.onDidChange(render),
      sources.selection.onDidChange(render),
      workspace.onDidChangeTextDocument(render),
    ];
    this.item.name = "Twinlens";
    this.refresh();
    this.item.show();
  }

  refresh(): void {
    const status = currentStatus(this.sources);
    this.item.text = statusText(status);
    this.item.command = commands[status.kind];
    const tooltip = new MarkdownString(tooltipMarkdown(status, this.sources.view()), true);
    // The legend's colours are HTML; all foreign text in it is escaped.
    tooltip.supportHtml = true;
    tooltip.isTrusted = { enabledCommands: tooltipCommands };
    this.item.tooltip = tooltip;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** What a click does. */
const commands: Readonly<Record<Status["kind"], string>> = {
  noPair: "twinlens.choosePair",
  ready: "twinlens.highlightDocument",
  busy: "twinlens.showJobs",
  scored: "twinlens.chooseView",
};

const tooltipCommands = [
  "twinlens.choosePair",
  "twinlens.chooseView",
  "twinlens.highlightDocument",
  "twinlens.openReport",
  "twinlens.showJobs",
];

function currentStatus({ highlights, editor, selection, pair }: StatusSources): Status {
  const document = editor.document();
  const highlight = document && highlights.get(document.uri.toString());
  const inUse = pair();
  if ("problem" in inUse) return { kind: "noPair", problem: inUse.problem };
  if (highlight?.progress) {
    return { kind: "busy", pair: inUse.name, progress: highlight.progress };
  }
  const summary = selection.get() ?? highlight?.summary;
  if (!document || !highlight?.summary || !summary) return { kind: "ready", pair: inUse.name };
  return {
    kind: "scored",
    pair: inUse.name,
    summary,
    measured: highlight.summary.measured,
    isSelection: selection.get() !== null,
    isReply: highlight.request.asReply,
    isStale: summary.version !== document.version,
  };
}
