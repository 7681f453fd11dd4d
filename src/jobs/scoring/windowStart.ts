import type { BosChoice } from "../../protocol/scores";
import type { LoadedModel } from "../../engine/engine";

/** What stands before every window, and what that is called once `auto` is settled. */
export interface WindowStart {
  readonly bos: Exclude<BosChoice, "auto">;
  readonly token: number | null;
}

/** A vocabulary without the token that is asked for goes without. */
export function windowStart(
  choice: BosChoice,
  { vocabulary, startTokens }: Pick<LoadedModel, "vocabulary" | "startTokens">,
): WindowStart {
  const wanted = choice === "auto" ? (vocabulary.bos === null ? "off" : "on") : choice;
  const token = wanted === "off" ? null : startTokens[wanted === "on" ? "bos" : "eos"];
  return { bos: token === null ? "off" : wanted, token };
}
