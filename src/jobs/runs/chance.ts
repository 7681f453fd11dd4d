import { type ChanceDraws, drawChance } from "../../analysis/samples/chance";
import { sentenceShuffler } from "../../analysis/samples/shuffledSentences";
import { promptMixer } from "../../analysis/samples/textsOfPrompts";

/** Samples of which a chance level is wanted: one prompt's, or those of prompts that are mixed, `[prompt][sample]`. */
export type ChanceOf =
  | { readonly kind: "sentences"; readonly texts: readonly string[] }
  | { readonly kind: "prompts"; readonly prompts: readonly (readonly string[])[] };

/**
 * Draws the chance level of overlap.
 * @param onProgress share of the draws that are done, 0 .. 1
 * @returns null where the samples have none
 */
export function chanceOf(
  of: ChanceOf,
  onProgress: (fraction: number) => void = () => undefined,
): ChanceDraws | null {
  const pseudoRun = of.kind === "sentences" ? sentenceShuffler(of.texts) : promptMixer(of.prompts);
  return pseudoRun && drawChance(pseudoRun, onProgress);
}
