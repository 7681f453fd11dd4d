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
import { type FromGame, fromGame, type ToGame } from "../../protocol/gamePanel";
import type { Server } from "../connection/server";
import { answerPage } from "../panels/answerPage";
import { showPage } from "../panels/page";
import type { Game } from "./game";

const PANEL = "twinlens.game";
const TITLE = "Guess the Next Word";

export interface GamePanelOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly game: Game;
  readonly log: LogOutputChannel;
}

/** The one panel in which the window's game is played. */
export class GamePanel implements Disposable {
  private panel: WebviewPanel | null = null;

  constructor(private readonly options: GamePanelOptions) {}

  open(): void {
    if (this.panel) return this.panel.reveal();
    this.follow(window.createWebviewPanel(PANEL, TITLE, ViewColumn.Active));
  }

  /** Fills the panel of an earlier window. */
  restorer(): WebviewPanelSerializer {
    return {
      deserializeWebviewPanel: (panel) => {
        if (this.panel || this.options.game.progress === null) panel.dispose();
        else this.follow(panel);
        return Promise.resolve();
      },
    };
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private follow(panel: WebviewPanel): void {
    const { game, server, extensionUri, log } = this.options;
    const tell = (message: ToGame) => void panel.webview.postMessage(message);
    const show = () => {
      const { view } = game;
      if (view) tell({ type: "show", game: view });
    };
    const subscriptions = [
      answerPage(
        panel.webview,
        fromGame,
        (request) => this.act(request, show),
        (error) => log.warn(String(error)),
      ),
      game.onDidChange(show),
      server.onQuestionProgress((progress) => {
        if (game.isAsking) tell({ type: "progress", progress });
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      this.panel = null;
      game.cancel();
    });
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel.svg");
    showPage(panel.webview, extensionUri, "game", TITLE);
    this.panel = panel;
  }

  private async act(request: FromGame, show: () => void): Promise<void> {
    const { game } = this.options;
    switch (request.type) {
      case "ready":
        try {
          await game.resume();
        } finally {
          show();
        }
        return;
      case "guess":
        return game.guess(request.text);
      case "giveUp":
        return game.giveUp();
      case "next":
        return game.next();
      case "ask":
        void game.ask();
        return;
      case "cancel":
        return game.cancel();
      case "startOver":
        return game.startOver();
      case "chooseText":
        await commands.executeCommand("twinlens.guessWord");
        return;
      case "choosePair":
        await commands.executeCommand("twinlens.choosePair");
        return;
      default:
        request satisfies never;
    }
  }
}
