/** Few enough points to draw. */

/** More would only lie on one another, and make a file of megabytes. */
export const MOST_POINTS = 2000;

export interface Placed {
  /** CSS pixels. */
  readonly x: number;
  readonly y: number;
}

/**
 * At most `most` points, in their order: where there are more, the first one of each square of a grid, which is made coarser
 * until they are few enough. Points that stand apart stay.
 */
export function thinned<P extends Placed>(points: readonly P[], most: number): readonly P[] {
  let shown = points;
  for (let side = 1; shown.length > most; side *= 1.25) shown = firstOfSquares(points, side);
  return shown;
}

function firstOfSquares<P extends Placed>(points: readonly P[], side: number): readonly P[] {
  const taken = new Set<string>();
  return points.filter(({ x, y }) => {
    const square = `${Math.floor(x / side)} ${Math.floor(y / side)}`;
    if (taken.has(square)) return false;
    taken.add(square);
    return true;
  });
}
