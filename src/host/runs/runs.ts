import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import {
  commands,
  type CustomReadonlyEditorProvider,
  type Disposable,
  type LogOutputChannel,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from "vscode";
import { shortened } from "../../analysis/presentation/format";
import { type OpenRunParams, RunRequest } from "../../protocol/runs";
import type { RunPrompt } from "../../protocol/runPrompt";
import { reach } from "../window/milestones";
import type { Server } from "../connection/server";
import { readText, RunPanel } from "./runPanel";

export interface RunsOptions {
  readonly extensionUri: Uri;
  /** Where runs are saved by themselves. */
  readonly folder: Uri;
  readonly server: Server;
  readonly log: LogOutputChannel;
  /** Called when a run may have been saved. */
  readonly onChange: () => void;
}

/** Opens runs: new ones, saved ones, and samples from elsewhere. */
export class Runs implements Disposable {
  /** By the run's file: a run has one panel. */
  private readonly panels = new Map<string, WebviewPanel>();
  private readonly listening: Disposable;

  constructor(private readonly options: RunsOptions) {
    // A server that starts again knows no run: what is opened then gets a panel of its own.
    this.listening = options.server.onEnd(() => this.panels.clear());
  }

  /** Draws both models' samples of a prompt; the run is saved under the sidebar's *Runs*. */
  start(prompt: string): void {
    const id = randomUUID();
    const uri = this.newFile();
    const [title = ""] = prompt.trim().split("\n");
    this.openPanel(uri, id, title, () =>
      this.options.server.request(RunRequest.start, { id, prompt, file: uri.fsPath }),
    );
  }

  /** Opens a saved run. */
  open(uri: Uri, name: string): void {
    const id = randomUUID();
    this.openPanel(uri, id, name, () => this.begin(id, uri, { file: uri.fsPath }));
  }

  /** Opens a run's file from elsewhere, and keeps it under *Runs*. */
  import(source: Uri): void {
    const id = randomUUID();
    const uri = this.newFile();
    const begin = () => this.begin(id, source, { file: uri.fsPath });
    this.openPanel(uri, id, posix.basename(source.path), begin);
  }

  /** Where as many new runs are kept: one by itself, several in a folder of their own. */
  newFiles(count: number): Uri[] {
    if (count === 1) return [this.newFile()];
    const folder = Uri.joinPath(this.options.folder, timestamp());
    return Array.from({ length: count }, (_, i) =>
      Uri.joinPath(folder, `${String(i + 1).padStart(4, "0")}.twinlens.json`),
    );
  }

  async rename(uri: Uri, name: string): Promise<void> {
    await this.options.server.request(RunRequest.rename, { file: uri.fsPath, name });
    const panel = this.panels.get(uri.toString());
    if (panel) panel.title = panelTitle(name);
  }

  async remove(uri: Uri): Promise<void> {
    await this.options.server.request(RunRequest.remove, { file: uri.fsPath });
    this.panels.get(uri.toString())?.dispose();
  }

  /** The read-only editor of `*.twinlens.json`. */
  editor(): CustomReadonlyEditorProvider {
    return {
      openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: ({ uri }, panel) => {
        const id = randomUUID();
        const file = uri.scheme === "file" ? uri.fsPath : null;
        // The file may be under version control, so opening it changes nothing.
        const begin = () => this.begin(id, uri, { file, saving: "ask" });
        this.fill(panel, id, posix.basename(uri.path), begin);
      },
    };
  }

  dispose(): void {
    this.listening.dispose();
    for (const panel of [...this.panels.values()]) panel.dispose();
  }

  private newFile(): Uri {
    return Uri.joinPath(this.options.folder, `${timestamp()}.twinlens.json`);
  }

  private async begin(
    id: string,
    uri: Uri,
    kept: Pick<OpenRunParams, "file" | "saving">,
  ): Promise<void> {
    const text = await readText(uri);
    await this.options.server.request(RunRequest.open, { id, text, ...kept });
  }

  private openPanel(uri: Uri, id: string, title: string, begin: () => Promise<unknown>): void {
    const key = uri.toString();
    const before = this.panels.get(key);
    if (before) {
      before.reveal();
      return;
    }
    const panel = window.createWebviewPanel(
      "twinlens.anchors",
      panelTitle(title),
      ViewColumn.Active,
    );
    this.panels.set(key, panel);
    panel.onDidDispose(() => {
      if (this.panels.get(key) === panel) this.panels.delete(key);
    });
    this.fill(panel, id, title, begin);
  }

  private fill(
    panel: WebviewPanel,
    id: string,
    title: string,
    begin: () => Promise<unknown>,
  ): void {
    const { extensionUri, server, log, onChange } = this.options;
    reach("anchors");
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel.svg");
    const page = new RunPanel(panel.webview, {
      id,
      title,
      extensionUri,
      server,
      log,
      begin,
      openSample,
    });
    let kind = "";
    const listening = server.onRunMessage(({ id: said, message }) => {
      if (said !== id || message.type !== "progress" || message.progress.kind === kind) return;
      // The next step begins when the findings of the last one are saved.
      kind = message.progress.kind;
      onChange();
    });
    panel.onDidDispose(() => {
      listening.dispose();
      page.dispose();
      onChange();
    });
  }
}

/** A sample as a document of its own, with its heat map, scored after the run's prompt as in the run. */
async function openSample(content: string, prompt: RunPrompt): Promise<void> {
  const document = await workspace.openTextDocument({ content, language: "markdown" });
  await window.showTextDocument(document, ViewColumn.Beside);
  const uri = document.uri.toString();
  await commands.executeCommand("twinlens.highlightDocument", uri, prompt);
}

/** Characters that fit on a tab. */
const LONGEST_TITLE = 40;

function panelTitle(name: string): string {
  return `Anchors: ${shortened(name, LONGEST_TITLE)}`;
}

/** Sorts by time, and is a valid file name on every system. */
function timestamp(): string {
  return new Date().toISOString().replace(/[:.]/g, "-");
}
