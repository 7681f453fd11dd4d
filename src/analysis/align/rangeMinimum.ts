/** Values of one block are searched one by one; minima of runs of whole blocks are kept. */
const BLOCK = 16;

/**
 * The smallest of `values[from .. to]`, both included, in constant time after linear preparation: a sparse table over
 * the minima of blocks (Bender and Farach-Colton 2000), and a search within the two blocks at the ends.
 */
export function rangeMinimum(values: Int32Array): (from: number, to: number) => number {
  const blocks = Math.ceil(values.length / BLOCK);
  const minima = Int32Array.from({ length: blocks }, (_, block) =>
    scan(block * BLOCK, Math.min((block + 1) * BLOCK, values.length) - 1),
  );
  // levels[k][b]: the minimum of blocks b .. b + 2^k - 1.
  const levels = [minima];
  for (let width = 2; width <= blocks; width *= 2) {
    const half = levels[levels.length - 1]!;
    levels.push(
      Int32Array.from({ length: blocks - width + 1 }, (_, b) =>
        Math.min(half[b]!, half[b + width / 2]!),
      ),
    );
  }

  function scan(from: number, to: number): number {
    let smallest = Infinity;
    for (let i = from; i <= to; i++) smallest = Math.min(smallest, values[i]!);
    return smallest;
  }

  return (from, to) => {
    const firstBlock = Math.floor(from / BLOCK) + 1;
    const lastBlock = Math.floor(to / BLOCK) - 1;
    if (firstBlock > lastBlock) return scan(from, to);
    const level = 31 - Math.clz32(lastBlock - firstBlock + 1);
    const runs = levels[level]!;
    return Math.min(
      scan(from, firstBlock * BLOCK - 1),
      runs[firstBlock]!,
      runs[lastBlock - 2 ** level + 1]!,
      scan((lastBlock + 1) * BLOCK, to),
    );
  };
}
