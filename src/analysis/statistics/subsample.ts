import { seededRandom } from "./random";

/**
 * `size` different numbers from [0, count), ascending; all of them when there are no more. Sets of samples are
 * compared only at equal size, so the larger one is subsampled.
 */
export function subsample(count: number, size: number, seed: number): number[] {
  const random = seededRandom(seed);
  const numbers = Array.from({ length: count }, (_, i) => i);
  const taken = Math.min(size, count);
  for (let i = 0; i < taken; i++) {
    const other = i + Math.floor(random() * (count - i));
    [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
  }
  return numbers.slice(0, taken).sort((a, b) => a - b);
}
