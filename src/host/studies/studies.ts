import {
  type Disposable,
  EventEmitter,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
  workspace,
} from "vscode";
import * as z from "zod/mini";
import { STUDY_DOCUMENT, StudyDocuments } from "./studyDocuments";
import { isStudy, STUDY_GLOB } from "./studyFiles";
import { StudyPanel, type StudyPanelOptions } from "./studyPanel";

const PANEL = "twinlens.study";

/** What the page keeps for a later window. */
const keptState = z.object({ uri: z.string() });

/** The studies that are open, at most one panel each. */
export class Studies implements Disposable {
  private readonly panels = new Map<string, StudyPanel>();
  private readonly watcher = workspace.createFileSystemWatcher(STUDY_GLOB);
  private readonly change = new EventEmitter<Uri>();
  private readonly documents: StudyDocuments;
  private readonly subscriptions: readonly Disposable[];
  /** A study or its results are there, gone or others. */
  readonly onDidChange = this.change.event;

  constructor(private readonly options: Omit<StudyPanelOptions, "documents">) {
    this.documents = new StudyDocuments(options.server);
    const changed = (uri: Uri) => this.changed(uri);
    const { watcher, change } = this;
    this.subscriptions = [
      watcher,
      change,
      workspace.registerTextDocumentContentProvider(STUDY_DOCUMENT, this.documents),
      watcher.onDidCreate(changed),
      watcher.onDidChange(changed),
      watcher.onDidDelete((uri) => change.fire(uri)),
    ];
  }

  /** @param uri of the study's file, or of results that lie alone */
  open(uri: Uri): StudyPanel {
    const before = this.panels.get(uri.fsPath);
    before?.reveal();
    return before ?? this.follow(uri, window.createWebviewPanel(PANEL, "", ViewColumn.Active));
  }

  /** Fills the panels of an earlier window. */
  restorer(): WebviewPanelSerializer {
    return {
      deserializeWebviewPanel: (panel, state) => {
        const kept = keptState.safeParse(state);
        const uri = kept.success ? Uri.parse(kept.data.uri, true) : null;
        if (uri && !this.panels.has(uri.fsPath)) this.follow(uri, panel);
        else panel.dispose();
        return Promise.resolve();
      },
    };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const panel of [...this.panels.values()]) panel.dispose();
  }

  private follow(uri: Uri, panel: WebviewPanel): StudyPanel {
    const key = uri.fsPath;
    const options = { ...this.options, documents: this.documents };
    const shown = new StudyPanel(uri, panel, options, () => this.panels.delete(key));
    this.panels.set(key, shown);
    return shown;
  }

  private changed(uri: Uri): void {
    this.change.fire(uri);
    // Results change all the time while they are measured, of which the panel hears anyway.
    if (isStudy(uri)) void this.panels.get(uri.fsPath)?.update();
  }
}
