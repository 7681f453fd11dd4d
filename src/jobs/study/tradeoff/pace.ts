import type { Study } from "../../../formats/study/study";

/** A document has about so many. */
const DOCUMENT_TOKENS = 500;

/** Tokens that the measure decodes, roughly: for an estimate. @param training what a trained token costs */
export function tradeoffTokens({ tradeoff, corpora }: Study, training: number): number {
  const { rounds, bestOf, trainPrompts, measuredPrompts, samples, tokens, documents, epochs } =
    tradeoff;
  const heldOut = corpora.filter(({ isHeldOut }) => isHeldOut).length * documents;
  // Drawn and read.
  const measured = 2 * measuredPrompts * samples * tokens + heldOut * DOCUMENT_TOKENS;
  const trained = trainPrompts * tokens * (2 * bestOf + epochs * training);
  return (rounds + 1) * measured + rounds * trained;
}
