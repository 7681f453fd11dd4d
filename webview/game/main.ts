/** The game's panel: a text whose next word is hidden, the player's guesses, and what the models would have said. */
import type { FromGame, ToGame } from "../../src/protocol/gamePanel";
import { registerComponents } from "../kit/components";
import { adoptStyles, element } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import sharedStyles from "../kit/style.css";
import gameStyles from "./game.css";
import { type GamePage, gamePage } from "./gamePage";

const host = connectToHost<ToGame, FromGame>();
let page: GamePage | null = null;

adoptStyles(sharedStyles, gameStyles);
registerComponents();
showState("status", "Waiting for the text …");
host.onMessage((message) => {
  switch (message.type) {
    case "show":
      return pageOnScreen().show(message.game);
    case "progress":
      return page?.showProgress(message.progress);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

function pageOnScreen(): GamePage {
  if (page === null) {
    page = gamePage(ask);
    document.body.replaceChildren(page.root);
  }
  return page;
}

function ask(request: FromGame): void {
  page?.warn("");
  host.ask(request).catch(({ message }: Error) => fail(message));
}

/** What is on the page stays. */
function fail(text: string): void {
  if (page) page.warn(text);
  else showState("alert", text);
}

function showState(role: "status" | "alert", text: string): void {
  const kind = role === "alert" ? "state error" : "state";
  document.body.replaceChildren(element("main", {}, element("div", { class: kind, role }, text)));
}
