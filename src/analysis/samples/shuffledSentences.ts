import type { Generator } from "../statistics/random";
import { sentencesOf } from "../text/sentences";
import { shuffled } from "../statistics/shuffle";

/** Sentences that a text has at least, on average over the texts: of fewer, a shuffle leaves the texts as they are. */
const FEWEST_SENTENCES = 2;

/**
 * One prompt's texts as if nothing held their order together: the sentences of all, shuffled, fill texts of the observed
 * lengths in code points. A text is cut in its last sentence, and what is cut off goes back among the sentences
 * that are left. So every character is used once: what returns in the pseudo-run returns in the texts.
 *
 * @returns what draws such texts, as many as there are, `[text]`; null where the texts have too few sentences
 */
export function sentenceShuffler(
  texts: readonly string[],
): ((random: Generator) => readonly string[]) | null {
  const sentences = texts.flatMap(sentencesOf).map((sentence) => Array.from(sentence));
  if (sentences.length < FEWEST_SENTENCES * texts.length) return null;
  const lengths = texts.map((text) => Array.from(text).length);
  return (random) => {
    const left = shuffled(sentences, random);
    return lengths.map((length) => {
      const points: string[] = [];
      while (points.length < length && left.length > 0) {
        if (points.length > 0 && !/\s/u.test(points.at(-1)!)) points.push(" ");
        points.push(...left.pop()!);
      }
      const cutOff = points.splice(length);
      if (cutOff.length > 0) left.splice(Math.floor(random() * (left.length + 1)), 0, cutOff);
      return points.join("");
    });
  };
}
