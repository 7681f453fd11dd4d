import { cautions, sameBos } from "../../analysis/scores/cautions";
import { tokenizeAlike } from "../../analysis/text/tokenizers";
import type { Engine } from "../../engine/engine";
import type { ComparePairParams, PairComparison } from "../../protocol/models";
import type { LoadedFacts } from "../../protocol/scores";

/** Enough to read a model's facts: nothing is decoded. */
const SMALLEST = { gpu: "off", window: 32, batch: 32, windowMemoryBytes: 0 } as const;

/** What follows from pairing two files, found by loading one after the other in an engine of their own. */
export async function comparePair(
  { base, rlhf }: ComparePairParams,
  startEngine: () => Engine,
  signal: AbortSignal,
): Promise<PairComparison> {
  const engine = startEngine();
  try {
    const facts: LoadedFacts[] = [];
    for (const { path, adapter } of [base, rlhf]) {
      const model = await engine.load(path, { ...SMALLEST, adapter, signal });
      facts.push(model.facts);
      await engine.unload(model.id);
    }
    const [left, right] = facts as [LoadedFacts, LoadedFacts];
    const sameTokenizer = tokenizeAlike(left, right);
    return {
      sameTokenizer,
      sameBos: sameBos(left, right),
      consequence: consequence(sameTokenizer, cautions(left, right)),
    };
  } finally {
    engine.dispose();
  }
}

function consequence(sameTokenizer: boolean, found: readonly string[]): string {
  const tokenizers = sameTokenizer
    ? "Both models tokenize alike: perplexities and differences can be compared token by token."
    : "The models tokenize differently: they are compared in bits per byte and on stretches of text that end where a token ends in both; ranks are not compared.";
  return [tokenizers, ...found.map((caution) => `Caution: ${caution}.`)].join(" ");
}
