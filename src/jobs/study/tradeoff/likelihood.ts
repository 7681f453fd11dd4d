import type { WindowTokens } from "../../../engine/engine";
import { isTextFault } from "../../../engine/errors";
import type { WindowSettings } from "../../../protocol/scores";
import type { Role } from "../../../protocol/roles";
import { promptTokens } from "../../runs/prompt";
import { RAW_FRAME } from "../../runs/settings";
import type { HeldModel } from "../../scoring/scoreWindow";
import { CHAT, CLOCK } from "../samples/chat";
import { sumsOf, windowAfter } from "./readWindows";

/**
 * How probable a model finds samples after its own form of their prompt, tokenized anew, as for the bits of anchors: mean ln p per
 * token, nats.
 * @param role whose form that is
 * @returns `[sample]`; null: it is empty, too long for a window, or holds what the model can't read or rules out
 * @throws EngineError as of `Engine.renderChat`
 */
export async function likelihoods(
  held: HeldModel,
  role: Role,
  { prompt, texts }: { readonly prompt: string; readonly texts: readonly string[] },
  settings: WindowSettings,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const { engine, model } = held;
  const written = { text: prompt, frame: RAW_FRAME, clock: CLOCK };
  const prefix = await promptTokens({ engine, loaded: model }, role, written, CHAT, signal);
  const windows: (WindowTokens | null)[] = [];
  for (const text of texts) {
    windows.push(windowAfter({ prefix, ids: await tokensOf(text) }, held, settings));
  }
  const sums = await sumsOf(held, windows, signal);
  return sums.map((sum, i) => {
    const window = windows[i];
    return sum === null || !window ? null : sum / (window.tokens.length - window.scoredStart);
  });

  async function tokensOf(text: string): Promise<Int32Array | null> {
    try {
      return (await engine.tokenize(model.id, text, signal)).id;
    } catch (error) {
      if (!isTextFault(error) || error.code === "EngineCrashed") throw error;
      return null;
    }
  }
}
