import { posix } from "node:path";
import {
  type Disposable,
  type LogOutputChannel,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
} from "vscode";
import * as z from "zod/mini";
import { type FromReport, fromReport, type ToReport } from "../../protocol/panels";
import { DocumentRequest } from "../../protocol/documents";
import { showError } from "../window/errors";
import { exportScores } from "../commands/exportScores";
import { saveAs } from "../window/files";
import type { Highlights } from "../heatmap/highlights";
import { reach } from "../window/milestones";
import { reveal } from "../editor/reveal";
import type { Server } from "../connection/server";
import { answerPage } from "./answerPage";
import { fileName, showPage } from "./page";

const PANEL = "twinlens.report";

/** What the page keeps for a later window. */
const keptState = z.object({ uri: z.string() });

export interface ReportOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly highlights: Highlights;
  readonly log: LogOutputChannel;
}

/** The reports that are open, at most one per document. */
export class Reports implements Disposable {
  private readonly reports = new Map<string, Report>();

  constructor(private readonly options: ReportOptions) {}

  /** Shows the document's report beside it. */
  open(uri: string): void {
    const open = this.reports.get(uri);
    if (open) return open.reveal();
    this.follow(uri, window.createWebviewPanel(PANEL, titleOf(uri), ViewColumn.Beside));
    reach("report");
  }

  /** Fills the panels of an earlier window. */
  restorer(): WebviewPanelSerializer {
    return {
      deserializeWebviewPanel: (panel, state) => {
        const kept = keptState.safeParse(state);
        if (kept.success && !this.reports.has(kept.data.uri)) this.follow(kept.data.uri, panel);
        else panel.dispose();
        return Promise.resolve();
      },
    };
  }

  private follow(uri: string, panel: WebviewPanel): void {
    const report = new Report(uri, panel, this.options, () => this.reports.delete(uri));
    this.reports.set(uri, report);
  }

  dispose(): void {
    for (const report of [...this.reports.values()]) report.dispose();
  }
}

/** One document's report: shown when the page asks, and again after every change of the numbers. */
class Report implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private summary: unknown;

  constructor(
    private readonly uri: string,
    private readonly panel: WebviewPanel,
    private readonly options: ReportOptions,
    onClose: () => void,
  ) {
    this.subscriptions = [
      answerPage(
        panel.webview,
        fromReport,
        (request) => this.act(request),
        (error) => void showError(options.log, error),
      ),
      options.highlights.onDidChange((changed) => {
        if (changed === uri) void this.update();
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of this.subscriptions) subscription.dispose();
      onClose();
    });
    panel.iconPath = Uri.joinPath(options.extensionUri, "media", "panel.svg");
    showPage(panel.webview, options.extensionUri, "report", titleOf(uri));
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async act(request: FromReport): Promise<void> {
    const { server } = this.options;
    const save = (name: string, extension: "png" | "svg", content: Uint8Array) =>
      saveAs(Uri.parse(this.uri, true), extension, content, fileName(name));
    switch (request.type) {
      case "ready":
        return this.send();
      case "reveal":
        return reveal(this.uri, request);
      case "savePng":
        return save(request.name, "png", Buffer.from(request.data, "base64"));
      case "saveText":
        return save(request.name, request.format, Buffer.from(request.text));
      case "export":
        return exportScores(server, { uri: this.uri, format: request.format });
      default:
        request satisfies never;
    }
  }

  /** Progress changes a highlight many times; the report follows its numbers only. */
  private async update(): Promise<void> {
    const summary = this.options.highlights.get(this.uri)?.summary;
    if (!summary || summary === this.summary) return;
    this.summary = summary;
    await this.send();
  }

  private async send(): Promise<void> {
    if (!this.options.highlights.get(this.uri)) {
      // A panel of an earlier window: models are loaded only when the user asks for numbers.
      const text =
        "This document is not highlighted. Highlight it, and its report comes back here.";
      await this.panel.webview.postMessage({ type: "error", message: text } satisfies ToReport);
      return;
    }
    let message: ToReport;
    try {
      const report = await this.options.server.request(DocumentRequest.report, { uri: this.uri });
      message = { type: "show", report };
    } catch (error) {
      message = { type: "error", message: error instanceof Error ? error.message : String(error) };
    }
    await this.panel.webview.postMessage(message);
  }
}

function titleOf(uri: string): string {
  return `Report: ${posix.basename(Uri.parse(uri, true).path)}`;
}
