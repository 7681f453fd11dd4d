import {
  commands,
  type Disposable,
  type LogOutputChannel,
  type Uri,
  ViewColumn,
  type Webview,
} from "vscode";
import { type FromGame, fromGame, type ToGame } from "../../protocol/gamePanel";
import type { Server } from "../connection/server";
import { answerPage } from "../panels/answerPage";
import { OnePanel } from "../panels/onePanel";
import type { Game } from "./game";

export interface GamePanelOptions {
  readonly extensionUri: Uri;
  readonly server: Server;
  readonly game: Game;
  readonly log: LogOutputChannel;
}

/** The one panel in which the window's game is played. */
export class GamePanel extends OnePanel {
  constructor(private readonly options: GamePanelOptions) {
    super({
      viewType: "twinlens.game",
      title: "Guess the Next Word",
      page: "game",
      column: ViewColumn.Active,
      extensionUri: options.extensionUri,
    });
  }

  protected override get hasContent(): boolean {
    return this.options.game.progress !== null;
  }

  protected fill(webview: Webview): readonly Disposable[] {
    const { game, server, log } = this.options;
    const tell = (message: ToGame) => void webview.postMessage(message);
    const show = () => {
      const { view } = game;
      if (view) tell({ type: "show", game: view });
    };
    return [
      answerPage(
        webview,
        fromGame,
        (request) => this.act(request, show),
        (error) => log.warn(String(error)),
      ),
      game.onDidChange(show),
      server.onQuestionProgress((progress) => {
        if (game.isAsking) tell({ type: "progress", progress });
      }),
      { dispose: () => game.cancel() },
    ];
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
