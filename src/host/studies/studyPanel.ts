import { posix } from "node:path";
import {
  commands,
  type Disposable,
  type LogOutputChannel,
  ProgressLocation,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from "vscode";
import { parseRunTarget } from "../../protocol/documentTarget";
import { type ReportFormat, StudyRequest } from "../../protocol/studies";
import { RUNS_ENDING } from "../../protocol/studyFileNames";
import { type FromStudy, fromStudy, type ToStudy } from "../../protocol/studyPanel";
import type { Server } from "../connection/server";
import { answerPage } from "../panels/answerPage";
import { fileName, showPage } from "../panels/page";
import { showError } from "../window/errors";
import { chooseTarget, saveNamed, tellSaved } from "../window/files";
import { documentUri, type StudyDocuments } from "./studyDocuments";
import { studyTitle } from "./studyFiles";
import { isTrusted } from "../window/trust";

export interface StudyPanelOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly documents: StudyDocuments;
  readonly openRun: (uri: Uri, name: string) => void;
  readonly log: LogOutputChannel;
}

/** A study in a web page: the server's messages go there, the user's requests come back. */
export class StudyPanel implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private readonly file: string;
  /** It is to run as soon as the page is there. */
  private runsAtOnce = false;
  private isReady = false;

  constructor(
    private readonly uri: Uri,
    private readonly panel: WebviewPanel,
    private readonly options: StudyPanelOptions,
    onClose: () => void,
  ) {
    const { server, extensionUri, log } = options;
    const title = `Study: ${studyTitle(uri)}`;
    this.file = uri.fsPath;
    this.subscriptions = [
      answerPage(
        panel.webview,
        fromStudy,
        (request) => this.act(request),
        (error) => log.warn(String(error)),
      ),
      server.onStudyMessage(({ file, message }) => {
        if (file === this.file) void this.tell(message);
      }),
      // What was measured lies on the disk.
      server.onEnd(() => void this.update()),
    ];
    panel.onDidDispose(() => {
      for (const subscription of this.subscriptions) subscription.dispose();
      server.request(StudyRequest.hide, { file: this.file }).catch(() => undefined);
      onClose();
    });
    panel.title = title;
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel.svg");
    showPage(panel.webview, extensionUri, "study", title);
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Measures what is missing. */
  async run(): Promise<void> {
    this.runsAtOnce = !this.isReady;
    if (this.isReady) await this.measure();
  }

  /** The study's file or its results have changed. */
  async update(): Promise<void> {
    if (this.isReady) await this.show();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async act(request: FromStudy): Promise<void> {
    const { server } = this.options;
    const { file } = this;
    const save = (name: string, extension: "png" | "svg" | "csv", content: Uint8Array) =>
      saveNamed(`${this.name}.${fileName(name)}.${extension}`, extension, content, this.folder);
    switch (request.type) {
      case "ready":
        this.isReady = true;
        await this.show();
        if (this.runsAtOnce) await this.run();
        return;
      case "run":
        return this.measure();
      case "cancel":
        await server.request(StudyRequest.cancel, { file });
        return;
      case "openDocument":
        return this.openTarget(request.target);
      case "savePng":
        return save(request.name, "png", Buffer.from(request.data, "base64"));
      case "saveText":
        return save(request.name, request.format, Buffer.from(request.text));
      case "export":
        return this.saveReport(request.format);
      default:
        request satisfies never;
    }
  }

  private async show(): Promise<void> {
    try {
      await this.options.server.request(StudyRequest.show, { file: this.file });
    } catch (error) {
      // No notification: the page has nothing else to show.
      const message = error instanceof Error ? error.message : String(error);
      await this.tell({ type: "error", message });
    }
  }

  private async measure(): Promise<void> {
    this.runsAtOnce = false;
    if (!(await isTrusted("A study names models and files to read"))) return;
    await this.options.server.request(StudyRequest.run, { file: this.file });
  }

  /** A prompt's run, or a document beside the figures. */
  private async openTarget(target: string): Promise<void> {
    const run = parseRunTarget(target);
    if (run === null) return this.openDocument(target);
    const uri = Uri.joinPath(this.folder, `${studyTitle(this.uri)}${RUNS_ENDING}`, run);
    try {
      await workspace.fs.stat(uri);
    } catch {
      throw new Error("The run's file is not there any more. Run the study again to draw it.");
    }
    this.options.openRun(uri, studyTitle(this.uri));
  }

  /** A document beside the figures, with its heat map under the pair in use. */
  private async openDocument(target: string): Promise<void> {
    const uri = documentUri(this.file, target);
    if (uri === null || !(await isTrusted("A study names files to read"))) return;
    const document = await window.withProgress(
      { location: ProgressLocation.Window, title: "Looking for the document" },
      () => this.options.documents.open(uri),
    );
    await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: false });
    // Its failures have messages of their own.
    void commands.executeCommand("twinlens.highlightDocument", uri.toString());
  }

  private async saveReport(format: ReportFormat): Promise<void> {
    const extension = format === "html" ? "html" : "md";
    const target = await chooseTarget(`${this.name}-report.${extension}`, extension, this.folder);
    if (target === undefined) return;
    const pictures = `${posix.parse(target.path).name}-pictures`;
    const params = { file: this.file, format, pictures };
    const written = await this.options.server.request(StudyRequest.report, params);
    // The text comes last: once it is there, so are the pictures that it shows.
    for (const { name, svg } of written.pictures) {
      await workspace.fs.writeFile(Uri.joinPath(target, "..", pictures, name), Buffer.from(svg));
    }
    await workspace.fs.writeFile(target, Buffer.from(written.text));
    // The page waits for the report, not for what the user makes of it.
    tellSaved(target).catch((error: unknown) => showError(this.options.log, error));
  }

  private get name(): string {
    return fileName(studyTitle(this.uri));
  }

  private get folder(): Uri {
    return Uri.joinPath(this.uri, "..");
  }

  private async tell(message: ToStudy): Promise<void> {
    await this.panel.webview.postMessage(message);
  }
}
