/** Steps of a round, and about how much of its time each takes. */
const PARTS = { draw: 0.3, score: 0.1, train: 0.25, losses: 0.1, own: 0.2, scoreOwn: 0.05 };
export type RoundPart = keyof typeof PARTS;

const ORDER = Object.keys(PARTS) as RoundPart[];

/** How far a round has come. */
export class RoundShare {
  /** @param tell told of a share, 0 .. 1 */
  constructor(private readonly tell: (share: number) => void) {}

  /** @param share of the part, 0 .. 1 */
  at(part: RoundPart, share: number): void {
    const before = ORDER.slice(0, ORDER.indexOf(part)).reduce((sum, one) => sum + PARTS[one], 0);
    this.tell(before + share * PARTS[part]);
  }
}
