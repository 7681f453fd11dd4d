import type { Engine, LoadedModel } from "../../engine/engine";
import type { NgramView } from "../../protocol/ngramView";
import type { RunSide } from "../../formats/run";
import { tokenNgrams } from "../../report/ngramViews";

/**
 * Counts the n-grams of one model's samples in the base model's tokens, whichever drew them: the samples' texts are
 * tokenized again (docs/definitions.md, "n-grams").
 */
export async function countNgrams(
  engine: Engine,
  base: LoadedModel,
  samples: RunSide["samples"],
  signal?: AbortSignal,
): Promise<NgramView> {
  const tokenizations = [];
  for (const { text } of samples) {
    tokenizations.push({ text, ...(await engine.tokenize(base.id, text, signal)) });
  }
  return tokenNgrams(tokenizations);
}
