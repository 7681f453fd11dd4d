import type { Continuation, Tokenization } from "../../engine";
import { tokenize as tokenIds } from "../llama/tokenizer";
import { locateTokens } from "../offsets";
import type { EngineCall } from "./call";

interface TokenizeParams {
  readonly model: number;
  readonly text: string;
  readonly continues: Continuation | null;
}

export const tokenize: EngineCall<TokenizeParams, Tokenization> = {
  turn: { queues: ["calls"], threads: "one" },
  async run({ model: id, text, continues }, { residents, signal }) {
    const { build, model } = residents.get(id);
    const ids = await tokenIds(build.library, model, text, { continues, signal });
    return locateTokens(text, ids, model.vocabulary, continues);
  },
};
