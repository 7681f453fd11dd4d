/**
 * The suffixes of `symbols` in lexicographic order, as start positions, `[rank]`.
 *
 * Induced sorting (SA-IS: Nong, Zhang and Chan, "Linear suffix array construction by almost pure induced-sorting",
 * 2009), linear in time and memory, whatever the text repeats.
 *
 * @param symbols Symbols in [0, alphabetSize); the last one must be 0 and the only 0.
 */
export function suffixArray(symbols: Int32Array, alphabetSize: number): Int32Array {
  const length = symbols.length;
  const order = new Int32Array(length);
  if (length <= 1) return order;

  const isSmall = smallSuffixes(symbols);
  const bucketSizes = new Int32Array(alphabetSize);
  for (const symbol of symbols) bucketSizes[symbol]!++;

  // 1. Sort the substrings between "leftmost small" positions: inducing from them in any order sorts them.
  const leftmost = leftmostSmall(isSmall);
  induce(symbols, isSmall, bucketSizes, leftmost, order);

  // 2. Name each substring by its rank; where names repeat, the string of names is sorted by the same function.
  const sorted = order.filter((position) => isLeftmostSmall(isSmall, position));
  const nameAt = new Int32Array(length).fill(-1);
  const names = nameSubstrings(symbols, isSmall, sorted, nameAt);
  if (names < leftmost.length) {
    const reduced = leftmost.map((position) => nameAt[position]!);
    const reducedOrder = suffixArray(reduced, names);
    for (let i = 0; i < sorted.length; i++) sorted[i] = leftmost[reducedOrder[i]!]!;
  }

  // 3. Leftmost small suffixes in true order induce the order of all suffixes.
  induce(symbols, isSmall, bucketSizes, sorted, order);
  return order;
}

/** 1 where a suffix is smaller than the one right after it, `[position]`; the last suffix counts as small. */
function smallSuffixes(symbols: Int32Array): Uint8Array {
  const isSmall = new Uint8Array(symbols.length);
  isSmall[symbols.length - 1] = 1;
  for (let i = symbols.length - 2; i >= 0; i--) {
    const here = symbols[i]!;
    const next = symbols[i + 1]!;
    if (here < next || (here === next && isSmall[i + 1] === 1)) isSmall[i] = 1;
  }
  return isSmall;
}

/** Whether a small suffix starts here and a large one just before. */
function isLeftmostSmall(isSmall: Uint8Array, position: number): boolean {
  return position > 0 && isSmall[position] === 1 && isSmall[position - 1] === 0;
}

function leftmostSmall(isSmall: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 1; i < isSmall.length; i++) if (isLeftmostSmall(isSmall, i)) count++;
  const positions = new Int32Array(count);
  for (let i = 1, k = 0; i < isSmall.length; i++) {
    if (isLeftmostSmall(isSmall, i)) positions[k++] = i;
  }
  return positions;
}

/** Fills `order` from the order of the leftmost small suffixes: large ones by a scan upwards, small ones downwards. */
function induce(
  symbols: Int32Array,
  isSmall: Uint8Array,
  bucketSizes: Int32Array,
  leftmost: Int32Array,
  order: Int32Array,
): void {
  const length = symbols.length;
  order.fill(-1);

  const ends = bucketEnds(bucketSizes);
  for (let i = leftmost.length - 1; i >= 0; i--) {
    const position = leftmost[i]!;
    order[--ends[symbols[position]!]!] = position;
  }

  const starts = bucketEnds(bucketSizes);
  for (let symbol = 0; symbol < starts.length; symbol++) starts[symbol]! -= bucketSizes[symbol]!;
  for (let i = 0; i < length; i++) {
    const before = order[i]! - 1;
    if (before >= 0 && isSmall[before] === 0) order[starts[symbols[before]!]!++] = before;
  }

  ends.set(bucketEnds(bucketSizes));
  for (let i = length - 1; i >= 0; i--) {
    const before = order[i]! - 1;
    if (before >= 0 && isSmall[before] === 1) order[--ends[symbols[before]!]!] = before;
  }
}

/** Where each symbol's bucket ends, exclusive, `[symbol]`. */
function bucketEnds(sizes: Int32Array): Int32Array {
  let end = 0;
  return sizes.map((size) => (end += size));
}

/** Writes the rank of every sorted substring to `nameAt`, equal ranks for equal substrings; returns how many differ. */
function nameSubstrings(
  symbols: Int32Array,
  isSmall: Uint8Array,
  sorted: Int32Array,
  nameAt: Int32Array,
): number {
  let names = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && !equalSubstrings(symbols, isSmall, sorted[i - 1]!, sorted[i]!)) names++;
    nameAt[sorted[i]!] = names;
  }
  return names + 1;
}

/** Whether the substrings from `a` and `b` up to the next leftmost small position are equal. */
function equalSubstrings(symbols: Int32Array, isSmall: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; ; i++) {
    // The last symbol is unique, so a comparison that reaches it has found a difference.
    if (symbols[a + i] !== symbols[b + i] || isSmall[a + i] !== isSmall[b + i]) return false;
    if (i > 0) {
      const aEnds = isLeftmostSmall(isSmall, a + i);
      const bEnds = isLeftmostSmall(isSmall, b + i);
      if (aEnds || bEnds) return aEnds && bEnds;
    }
  }
}

/**
 * Length of the longest common prefix of each suffix and the one before it in `order`, `[rank]`; 0 at rank 0.
 * Kasai et al. 2001: linear, because moving one position on shortens the common prefix by at most one.
 */
export function commonPrefixes(symbols: Int32Array, order: Int32Array): Int32Array {
  const rank = ranks(order);
  const common = new Int32Array(order.length);
  let length = 0;
  for (let i = 0; i < symbols.length; i++) {
    if (rank[i] === 0) {
      length = 0;
      continue;
    }
    const before = order[rank[i]! - 1]!;
    while (symbols[i + length] === symbols[before + length] && i + length < symbols.length)
      length++;
    common[rank[i]!] = length;
    if (length > 0) length--;
  }
  return common;
}

/** The inverse of a suffix array: the rank of the suffix at each position, `[position]`. */
export function ranks(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) rank[order[i]!] = i;
  return rank;
}
