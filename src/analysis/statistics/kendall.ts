/**
 * Kendall's tau-b: whether two quantities rise together, from -1 (never) to 1 (always); pairs that are equal in one of them
 * count for neither (Kendall 1945). Costs n².
 * @returns null where either has fewer than two different values
 */
export function kendallTau(x: readonly number[], y: readonly number[]): number | null {
  let together = 0;
  let pairsOfX = 0;
  let pairsOfY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      together += dx * dy;
      pairsOfX += dx * dx;
      pairsOfY += dy * dy;
    }
  }
  return pairsOfX * pairsOfY === 0 ? null : together / Math.sqrt(pairsOfX * pairsOfY);
}
