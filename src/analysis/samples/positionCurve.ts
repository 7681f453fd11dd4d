/** Positions a curve over aligned texts is drawn at (paper §E.4). */
export const BINS = 100;

/** Width of the smoothing, in bins, and where the kernel is cut, in widths (a choice). */
const SIGMA = 1;
const CUT = 4;

/** A curve over kept columns, brought to {@link BINS} positions and smoothed, `[position]`; null: there are no columns. */
export function positionCurve(values: ArrayLike<number>): number[] | null {
  const binned = binCurve(values);
  return binned && Array.from(smoothCurve(binned));
}

/**
 * Brings values of any number of columns to `bins` positions: bin b averages the step curve over
 * [b L / bins, (b + 1) L / bins) with fractional ends, for L values, so fewer columns than bins work as well.
 * Missing values (NaN) do not count; a bin without any value is NaN.
 * @returns null when there are no columns
 */
export function binCurve(values: ArrayLike<number>, bins: number = BINS): Float64Array | null {
  const { length } = values;
  if (length === 0) return null;
  return Float64Array.from({ length: bins }, (_, bin) => {
    const from = (bin * length) / bins;
    const to = ((bin + 1) * length) / bins;
    let sum = 0;
    let weight = 0;
    for (let column = Math.floor(from); column < Math.min(to, length); column++) {
      const covered = Math.min(to, column + 1) - Math.max(from, column);
      if (Number.isNaN(values[column]!)) continue;
      sum += covered * values[column]!;
      weight += covered;
    }
    return weight > 0 ? sum / weight : NaN;
  });
}

/**
 * Gaussian filter of sigma 1 bin, cut at 4 sigma, the curve reflected at its edges (… 1 0 | 0 1 …). Missing values
 * leave their weight to the others; a bin that is missing stays so.
 */
export function smoothCurve(values: ArrayLike<number>): Float64Array {
  const { length } = values;
  const reach = CUT * SIGMA;
  return Float64Array.from({ length }, (_, bin) => {
    if (Number.isNaN(values[bin]!)) return NaN;
    let sum = 0;
    let weight = 0;
    for (let distance = -reach; distance <= reach; distance++) {
      const value = values[reflect(bin + distance, length)]!;
      if (Number.isNaN(value)) continue;
      const kernel = Math.exp(-((distance / SIGMA) ** 2) / 2);
      sum += kernel * value;
      weight += kernel;
    }
    return sum / weight;
  });
}

function reflect(position: number, length: number): number {
  const period = 2 * length;
  const inside = ((position % period) + period) % period;
  return inside < length ? inside : period - 1 - inside;
}
