import { GameRequest } from "../../protocol/game";
import type { Parts } from "../build";
import { answer } from "../connection/channel";
import { readPassages } from "../game/readPassages";

/** What the host asks for the game. */
export function answerAboutGame({ connection, game }: Parts): void {
  answer(connection, GameRequest, {
    passages: (params, signal) => readPassages(params, signal),
    ask: (question, signal) => game.ask(question, signal),
    cancel() {
      game.cancel();
      return null;
    },
  });
}
