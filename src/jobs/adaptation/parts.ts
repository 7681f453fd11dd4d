import { seededRandom } from "../../analysis/statistics/random";
import { shuffled } from "../../analysis/statistics/shuffle";

/** What a document is for: to train on, to choose the step, or to report how well the model does. */
export type AdaptationPart = "train" | "choose" | "report";

/** Documents that a division into three parts needs. */
export const FEWEST_DOCUMENTS = 3;

/** Of so many documents that follow each other one chooses and one reports (a choice). */
export const BLOCK = 10;

/**
 * Divides documents as wholes. Where an order means something, each part has all of it, and what is read further on changes nothing
 * of what was divided before. The last documents, fewer than a block, train; fewer in all are one block.
 * @param documents how many, at least {@link FEWEST_DOCUMENTS}
 * @returns `[document]`
 */
export function partsOfDocuments(documents: number, seed: number): AdaptationPart[] {
  const block = Math.min(BLOCK, documents);
  const places = [...Array(block).keys()];
  const random = seededRandom(seed);
  const parts = Array<AdaptationPart>(documents).fill("train");
  for (let start = 0; start + block <= documents; start += block) {
    const [choose, report] = shuffled(places, random);
    parts[start + choose!] = "choose";
    parts[start + report!] = "report";
  }
  return parts;
}
