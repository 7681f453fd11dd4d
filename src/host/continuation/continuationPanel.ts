import {
  commands,
  type Disposable,
  type LogOutputChannel,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
} from "vscode";
import {
  type FromContinuations,
  fromContinuations,
  type ToContinuations,
} from "../../protocol/continuationPanel";
import type { Server } from "../connection/server";
import { answerPage } from "../panels/answerPage";
import { showPage } from "../panels/page";
import type { Continuations } from "./continuations";
import type { TryTree } from "./tryTree";

const PANEL = "twinlens.continuations";
const TITLE = "Continue from Here";

export interface ContinuationPanelOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly tree: TryTree;
  readonly continuations: Continuations;
  readonly log: LogOutputChannel;
}

/** The one panel that shows what was tried, beside the text. */
export class ContinuationPanel implements Disposable {
  private panel: WebviewPanel | null = null;

  constructor(private readonly options: ContinuationPanelOptions) {}

  open(): void {
    if (this.panel) return this.panel.reveal();
    this.follow(window.createWebviewPanel(PANEL, TITLE, ViewColumn.Beside));
  }

  /** Fills the panel of an earlier window. */
  restorer(): WebviewPanelSerializer {
    return {
      deserializeWebviewPanel: (panel) => {
        if (this.panel) panel.dispose();
        else this.follow(panel);
        return Promise.resolve();
      },
    };
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private follow(panel: WebviewPanel): void {
    const { continuations, tree, server, extensionUri, log } = this.options;
    const tell = (message: ToContinuations) => void panel.webview.postMessage(message);
    const show = atOnce(() => tell({ type: "show", view: continuations.view }));
    const subscriptions = [
      answerPage(
        panel.webview,
        fromContinuations,
        (request) => this.act(request, show.soon),
        (error) => log.warn(String(error)),
      ),
      tree.onDidChange(show.soon),
      show,
      server.onContinuationProgress(({ drawing, ...step }) => {
        if (drawing === continuations.drawingNumber) tell({ type: "progress", step });
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      this.panel = null;
      continuations.cancel();
    });
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel.svg");
    showPage(panel.webview, extensionUri, "continue", TITLE);
    this.panel = panel;
  }

  private async act(request: FromContinuations, show: () => void): Promise<void> {
    const { continuations } = this.options;
    switch (request.type) {
      case "ready":
        return show();
      case "choose":
        return continuations.choose(request.choice);
      case "select":
        return continuations.select(request.id);
      case "draw":
        return continuations.drawMore(request.id);
      case "goOn":
        return continuations.goOn(request.id, request.upTo);
      case "cancel":
        return continuations.cancel();
      case "insert":
        return continuations.insert(request.id, request.upTo);
      case "copy":
        return continuations.copy(request.id, request.upTo);
      case "reveal":
        return continuations.reveal(request.id);
      case "remove":
        return continuations.remove(request.id);
      case "clear":
        return continuations.clear();
      case "undo":
        return continuations.undo();
      case "choosePair":
        await commands.executeCommand("twinlens.choosePair");
        return;
      default:
        request satisfies never;
    }
  }
}

/** What changes several times in one go is shown once. */
function atOnce(show: () => void): Disposable & { readonly soon: () => void } {
  let waiting: NodeJS.Immediate | null = null;
  return {
    soon() {
      waiting ??= setImmediate(() => {
        waiting = null;
        show();
      });
    },
    dispose() {
      if (waiting) clearImmediate(waiting);
    },
  };
}
