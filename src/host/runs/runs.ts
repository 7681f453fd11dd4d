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
import { shortened } from "../../analysis/format";
import { RunMethod } from "../../protocol/runRequests";
import type { Role } from "../../protocol/scores";
import type { Server } from "../server";
import { readText, RunPanel } from "./runPanel";

export interface RunsOptions {
  readonly extensionUri: Uri;
  /** Where runs are saved by themselves. */
  readonly folder: Uri;
  readonly server: Server;
  readonly log: LogOutputChannel;
  /** Told when a run may have been saved. */
  readonly onChange: () => void;
}

/** Opens runs: new ones, saved ones, and samples from elsewhere. */
export class Runs implements Disposable {
  private readonly panels = new Set<WebviewPanel>();

  constructor(private readonly options: RunsOptions) {}

  /** Draws both models' samples of a prompt; the run is saved under the sidebar's *Runs*. */
  start(prompt: string): void {
    const id = randomUUID();
    const file = Uri.joinPath(this.options.folder, `${timestamp()}.twinlens.json`).fsPath;
    const [title = ""] = prompt.trim().split("\n");
    this.openPanel(id, title, () =>
      this.options.server.request(RunMethod.start, { id, prompt, file }),
    );
  }

  /** Opens a run's file, or a file of samples, which stand in a model's place. */
  open(uri: Uri, { name = posix.basename(uri.path), role }: { name?: string; role?: Role } = {}) {
    const id = randomUUID();
    this.openPanel(id, name, () => this.begin(id, uri, role));
  }

  /** The read-only editor of `*.twinlens.json`. */
  editor(): CustomReadonlyEditorProvider {
    return {
      openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: ({ uri }, panel) => {
        const id = randomUUID();
        this.fill(panel, id, posix.basename(uri.path), () => this.begin(id, uri));
      },
    };
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
  }

  private async begin(id: string, uri: Uri, role?: Role): Promise<void> {
    const isRun = uri.path.endsWith(".twinlens.json");
    const file = isRun && uri.scheme === "file" ? uri.fsPath : null;
    const text = await readText(uri);
    await this.options.server.request(RunMethod.open, {
      id,
      name: posix.basename(uri.path),
      text,
      file,
      ...(role && { role }),
    });
  }

  private openPanel(id: string, title: string, begin: () => Promise<unknown>): void {
    const column = ViewColumn.Active;
    const panel = window.createWebviewPanel(
      "twinlens.anchors",
      `Anchors: ${shortened(title, LONGEST_TITLE)}`,
      column,
    );
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
    this.fill(panel, id, title, begin);
  }

  private fill(
    panel: WebviewPanel,
    id: string,
    title: string,
    begin: () => Promise<unknown>,
  ): void {
    const { extensionUri, server, log, onChange } = this.options;
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
    const listening = server.onRunMessage(({ id: said, message }) => {
      if (said === id && message.type === "progress" && message.progress.kind !== "aligning")
        onChange();
    });
    panel.onDidDispose(() => {
      listening.dispose();
      page.dispose();
      onChange();
    });
  }
}

/** A sample as a document of its own, with its heat map. */
async function openSample(content: string): Promise<void> {
  const document = await workspace.openTextDocument({ content, language: "markdown" });
  await window.showTextDocument(document, ViewColumn.Beside);
  await commands.executeCommand("twinlens.highlightDocument");
}

/** Characters that fit on a tab. */
const LONGEST_TITLE = 40;

/** Sorts like time, and is a file's name everywhere. */
function timestamp(): string {
  return new Date().toISOString().replace(/[:.]/g, "-");
}
