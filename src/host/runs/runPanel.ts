import { type Disposable, type LogOutputChannel, type Uri, type Webview, workspace } from "vscode";
import { type FromAnchors, fromAnchors, type ToAnchors } from "../../protocol/panels";
import type { RunPrompt } from "../../protocol/runPrompt";
import { RunRequest } from "../../protocol/runs";
import { showError } from "../window/errors";
import { saveNamed } from "../window/files";
import { answerPage } from "../panels/answerPage";
import { fileName, showPage } from "../panels/page";
import type { Server } from "../connection/server";

export interface RunPanelOptions {
  readonly id: string;
  readonly title: string;
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly log: LogOutputChannel;
  /** Makes the run known to the server, once the page is ready. */
  readonly begin: () => Promise<unknown>;
  readonly openSample: (text: string, prompt: RunPrompt) => Promise<void>;
}

/** A run in a web page: the server's messages go there, the user's requests come back. */
export class RunPanel implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private hasBegun = false;
  private readonly samples = new Map<string, string>();
  private prompt: RunPrompt | null = null;

  constructor(
    private readonly webview: Webview,
    private readonly options: RunPanelOptions,
  ) {
    const { id, server, extensionUri, title } = options;
    this.subscriptions = [
      answerPage(
        webview,
        fromAnchors,
        (request) => this.act(request),
        (error) => void showError(options.log, error),
      ),
      server.onRunMessage((said) => {
        if (said.id !== id) return;
        const { message } = said;
        if (message.type === "show") this.prompt = message.run.prompt;
        if (message.type === "samples") {
          message.samples.forEach(({ text }, i) =>
            this.samples.set(`${message.role} ${message.first + i}`, text),
          );
        }
        void this.tell(message);
      }),
      server.onEnd(() => {
        const message = "The language server has ended. Open the run again to go on with it.";
        void this.tell({ type: "error", message });
      }),
    ];
    showPage(webview, extensionUri, "anchors", title);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    const { server, id } = this.options;
    server.request(RunRequest.close, { id }).catch(() => undefined);
  }

  private async act(request: FromAnchors): Promise<void> {
    const { server, id, title } = this.options;
    const save = (name: string, extension: "png" | "svg" | "csv", content: Uint8Array) =>
      saveNamed(`${fileName(title)}.${fileName(name)}.${extension}`, extension, content);
    switch (request.type) {
      case "ready":
        return this.show();
      case "options":
        await server.request(RunRequest.setOptions, { id, options: request.options });
        return;
      case "cancel":
        await server.request(RunRequest.cancel, { id });
        return;
      case "resume":
        await server.request(RunRequest.resume, { id });
        return;
      case "score":
        await server.request(RunRequest.score, { id });
        return;
      case "openSample": {
        const text = this.samples.get(`${request.role} ${request.sample}`);
        if (text !== undefined && this.prompt) await this.options.openSample(text, this.prompt);
        return;
      }
      case "savePng":
        return save(request.name, "png", Buffer.from(request.data, "base64"));
      case "saveText":
        return save(request.name, request.format, Buffer.from(request.text));
      default:
        request satisfies never;
    }
  }

  /** The page asks when it is loaded, and again when it was hidden and is shown. */
  private async show(): Promise<void> {
    const { server, id, begin } = this.options;
    if (this.hasBegun) {
      await server.request(RunRequest.show, { id });
      return;
    }
    this.hasBegun = true;
    try {
      await begin();
    } catch (error) {
      this.hasBegun = false;
      // No notification: the page has nothing else to show.
      const message = error instanceof Error ? error.message : String(error);
      await this.tell({ type: "error", message });
    }
  }

  private async tell(message: ToAnchors): Promise<void> {
    await this.webview.postMessage(message);
  }
}

/** Text of a file on whatever file system holds it. */
export async function readText(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}
