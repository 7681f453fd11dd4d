import type { PromptPart } from "../../engine";
import { tokenizePrompt as tokenIds } from "../llama/promptTokens";
import type { EngineCall } from "./call";

interface TokenizePromptParams {
  readonly model: number;
  readonly parts: readonly PromptPart[];
}

export const tokenizePrompt: EngineCall<TokenizePromptParams, Int32Array> = {
  turn: { queues: ["calls"], threads: "one" },
  async run({ model: id, parts }, { residents, signal }) {
    const { build, model } = residents.get(id);
    const { bos } = model.vocabulary;
    const ids = await tokenIds(build.library, model, parts, signal);
    // A template may write BOS itself: there is exactly one.
    return Int32Array.from(bos === null || ids[0] === bos ? ids : [bos, ...ids]);
  },
};
