import type { BosChoice, WindowSettings } from "../../protocol/scores";
import type { LoadedModel } from "../../engine/engine";
import { resolveWindows } from "./windows";

/** What stands before every window, and what that is called once `auto` is settled. */
interface WindowStart {
  readonly bos: Exclude<BosChoice, "auto">;
  readonly token: number | null;
}

/** A vocabulary without the token that is asked for goes without. */
function windowStart(
  choice: BosChoice,
  { vocabulary, startTokens }: Pick<LoadedModel, "vocabulary" | "startTokens">,
): WindowStart {
  const wanted = choice === "auto" ? (vocabulary.bos === null ? "off" : "on") : choice;
  const token = wanted === "off" ? null : startTokens[wanted === "on" ? "bos" : "eos"];
  return { bos: token === null ? "off" : wanted, token };
}

/** The windows that a model's context gives, and the tokens that stand before each of them. */
export function windowsFor(
  settings: WindowSettings,
  model: LoadedModel,
): { readonly settings: WindowSettings; readonly prefix: Int32Array } {
  const { bos, token } = windowStart(settings.bos, model);
  return {
    settings: { ...resolveWindows(settings, model.facts.trainedContext), bos },
    prefix: Int32Array.from(token === null ? [] : [token]),
  };
}
