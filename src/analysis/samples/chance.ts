import { agreementCurves } from "./agreement";
import { alignTexts } from "../align/align";
import { type Generator, sampleGenerator } from "../statistics/random";

/** Pseudo-runs that a chance level is drawn from, and the seed they are drawn with (choices). */
export const CHANCE_DRAWS = 20;
export const CHANCE_SEED = 1;

/** Curves of pseudo-runs, as `agreementCurves` has them, `[draw][position]`. */
export interface ChanceDraws {
  readonly overlap: number[][];
  readonly alignedShare: number[][];
}

/**
 * What overlap is by chance (docs/definitions.md, "Chance in overlap"): pseudo-runs, in which nothing but chance makes texts
 * agree, aligned by our own aligner and measured as a run is. Costs {@link CHANCE_DRAWS} alignments.
 *
 * @param pseudoRun draws one pseudo-run's texts; every draw has a generator of its own
 * @param onProgress called after every draw with the share of the draws that are done, 0 .. 1
 * @returns the curves of the pseudo-runs that have kept columns; null where none has
 */
export function drawChance(
  pseudoRun: (random: Generator) => readonly string[],
  onProgress: (fraction: number) => void = () => undefined,
): ChanceDraws | null {
  const overlap: number[][] = [];
  const aligned: number[][] = [];
  for (let draw = 0; draw < CHANCE_DRAWS; draw++) {
    const texts = pseudoRun(sampleGenerator(CHANCE_SEED, draw));
    const curves = agreementCurves(texts, alignTexts(texts)!);
    if (curves.overlap && curves.alignedShare) {
      overlap.push(curves.overlap);
      aligned.push(curves.alignedShare);
    }
    onProgress((draw + 1) / CHANCE_DRAWS);
  }
  return overlap.length === 0 ? null : { overlap, alignedShare: aligned };
}
