import { type Disposable, type LogOutputChannel, type Uri, type Webview, workspace } from "vscode";
import * as z from "zod/mini";
import { anchorOptionsSchema } from "../../protocol/anchorOptions";
import type { FromAnchors, ToAnchors } from "../../protocol/panels";
import { ROLES } from "../../protocol/roles";
import type { RunPrompt } from "../../protocol/runPrompt";
import { RunRequest } from "../../protocol/runs";
import { showError } from "../errors";
import { saveNamed } from "../files";
import { fileName, showPage } from "../panels/page";
import type { Server } from "../server";

/** Made with the first panel: every schema is a tenth of a millisecond of activation. */
const fromAnchors: z.ZodMiniType<FromAnchors> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    z.object({ type: z.literal("options"), options: anchorOptionsSchema }),
    z.object({ type: z.literal("cancel") }),
    z.object({ type: z.literal("resume") }),
    z.object({ type: z.literal("score") }),
    z.object({
      type: z.literal("openSample"),
      role: z.enum(ROLES),
      sample: z.int().check(z.gte(0)),
    }),
    z.object({ type: z.literal("savePng"), name: z.string(), data: z.base64() }),
    z.object({
      type: z.literal("saveText"),
      name: z.string(),
      format: z.enum(["svg", "csv"]),
      text: z.string(),
    }),
  ]),
);

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
      webview.onDidReceiveMessage((message: unknown) => void this.receive(message)),
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

  private async receive(message: unknown): Promise<void> {
    try {
      await this.answer(fromAnchors.parse(message));
    } catch (error) {
      await this.tellError(error);
      await showError(this.options.log, error);
    }
  }

  private async answer(message: FromAnchors): Promise<void> {
    const { server, id, title } = this.options;
    const save = (name: string, extension: "png" | "svg" | "csv", content: Uint8Array) =>
      saveNamed(`${fileName(title)}.${fileName(name)}.${extension}`, extension, content);
    switch (message.type) {
      case "ready":
        return this.show();
      case "options":
        try {
          await server.request(RunRequest.setOptions, { id, options: message.options });
        } finally {
          await this.tell({ type: "answered" });
        }
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
        const text = this.samples.get(`${message.role} ${message.sample}`);
        if (text !== undefined && this.prompt) await this.options.openSample(text, this.prompt);
        return;
      }
      case "savePng":
        return save(message.name, "png", Buffer.from(message.data, "base64"));
      case "saveText":
        return save(message.name, message.format, Buffer.from(message.text));
      default:
        message satisfies never;
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
      await this.tellError(error);
    }
  }

  private async tell(message: ToAnchors): Promise<void> {
    await this.webview.postMessage(message);
  }

  private tellError(error: unknown): Promise<void> {
    return this.tell({
      type: "error",
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Text of a file on whatever file system holds it. */
export async function readText(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}
