import type { Box, Mark } from "../../src/report/plot/drawing";

/** How far from a mark one may point, CSS pixels. */
const REACH = 14;

/** The number of the mark that is pointed at; of those that lie on one another, the one drawn last. null: none. */
export function nearestMark(marks: readonly Mark[], x: number, y: number): number | null {
  let nearest: number | null = null;
  let least = REACH;
  marks.forEach(({ box }, i) => {
    const distance = distanceTo(box, x, y);
    if (distance > least) return;
    nearest = i;
    least = distance;
  });
  return nearest;
}

/** To the middle of what is as small as a point, otherwise to the rim. */
function distanceTo({ left, top, right, bottom }: Box, x: number, y: number): number {
  const isPoint = Math.max(right - left, bottom - top) < REACH;
  if (isPoint) return Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2);
  const outside = (value: number, from: number, to: number) =>
    Math.max(from - value, value - to, 0);
  return Math.hypot(outside(x, left, right), outside(y, top, bottom));
}
