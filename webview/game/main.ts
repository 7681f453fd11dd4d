/** The game's panel: a text whose next word is hidden, the player's guesses, and what the models would have said. */
import type { FromGame, ToGame } from "../../src/protocol/gamePanel";
import { registerComponents } from "../kit/components";
import { adoptStyles } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import { pageOnScreen } from "../kit/pageOnScreen";
import sharedStyles from "../kit/style.css";
import gameStyles from "./game.css";
import { gamePage } from "./gamePage";

const host = connectToHost<ToGame, FromGame>();

adoptStyles(sharedStyles, gameStyles);
registerComponents();
const panel = pageOnScreen(() => gamePage(ask), "Waiting for the text …");
host.onMessage((message) => {
  switch (message.type) {
    case "show":
      return panel.show().show(message.game);
    case "progress":
      return panel.page()?.showProgress(message.progress);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

function ask(request: FromGame): void {
  panel.ask(host.ask(request));
}
