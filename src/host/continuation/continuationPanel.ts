import {
  commands,
  type Disposable,
  type LogOutputChannel,
  type Uri,
  ViewColumn,
  type Webview,
} from "vscode";
import {
  type FromContinuations,
  fromContinuations,
  type ToContinuations,
} from "../../protocol/continuationPanel";
import type { Server } from "../connection/server";
import { answerPage } from "../panels/answerPage";
import { OnePanel } from "../panels/onePanel";
import type { Continuations } from "./continuations";
import type { TryTree } from "./tryTree";

export interface ContinuationPanelOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly tree: TryTree;
  readonly continuations: Continuations;
  readonly log: LogOutputChannel;
}

/** The one panel that shows what was tried, beside the text. */
export class ContinuationPanel extends OnePanel {
  constructor(private readonly options: ContinuationPanelOptions) {
    super({
      viewType: "twinlens.continuations",
      title: "Continue from Here",
      page: "continue",
      column: ViewColumn.Beside,
      extensionUri: options.extensionUri,
    });
  }

  protected fill(webview: Webview): readonly Disposable[] {
    const { continuations, tree, server, log } = this.options;
    const tell = (message: ToContinuations) => void webview.postMessage(message);
    const show = atOnce(() => tell({ type: "show", view: continuations.view }));
    return [
      answerPage(
        webview,
        fromContinuations,
        (request) => this.act(request, show.soon),
        (error) => log.warn(String(error)),
      ),
      tree.onDidChange(show.soon),
      show,
      server.onContinuationProgress(({ drawing, ...step }) => {
        if (drawing === continuations.drawingNumber) tell({ type: "progress", step });
      }),
      { dispose: () => continuations.cancel() },
    ];
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
