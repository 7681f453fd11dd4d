import { cutSegments, type Segments } from "./segments";
import { firstIndex, type ScoredTokens } from "./tokens";

type Side = "base" | "rlhf";

/**
 * Cuts a text into {@link Segments} while both models' tokens come, each in pieces of its own. What was cut is no longer
 * kept: only tokens that wait for the other model's are.
 */
export class SegmentStream {
  private readonly waiting = { base: new WaitingTokens(), rlhf: new WaitingTokens() };

  /**
   * @param tokens one model's, behind those that came before
   * @returns the segments that they complete
   */
  add(side: Side, tokens: ScoredTokens): Segments {
    this.waiting[side].add(tokens);
    const { base, rlhf } = this.waiting;
    const border = commonBorder(base, rlhf);
    return cutSegments(base.take(border.base), rlhf.take(border.rlhf));
  }

  /** The segments of what still waits: no more tokens come. */
  end(): Segments {
    const { base, rlhf } = this.waiting;
    return cutSegments(base.take(base.count), rlhf.take(rlhf.count));
  }
}

/** Tokens in columns that grow at the end and shrink at the beginning. */
class WaitingTokens implements ScoredTokens {
  start: number[] = [];
  endExclusive: number[] = [];
  logProbability: number[] = [];

  get count(): number {
    return this.start.length;
  }

  add({ count, start, endExclusive, logProbability }: ScoredTokens): void {
    for (let i = 0; i < count; i++) {
      this.start.push(start[i]!);
      this.endExclusive.push(endExclusive[i]!);
      this.logProbability.push(logProbability[i]!);
    }
  }

  /** The first tokens, which wait no longer. */
  take(count: number): ScoredTokens {
    const start = this.start.splice(0, count);
    const endExclusive = this.endExclusive.splice(0, count);
    const logProbability = this.logProbability.splice(0, count);
    return { count: start.length, start, endExclusive, logProbability };
  }
}

/** How many tokens of each stand before the last place where both have a token's end, and no token reaches across. */
function commonBorder(base: ScoredTokens, rlhf: ScoredTokens): { base: number; rlhf: number } {
  for (let i = beforeLastOf(rlhf, base); i > 0; i--) {
    if (!isBorder(base, i)) continue;
    const end = base.endExclusive[i - 1]!;
    const j = tokensBefore(rlhf, end);
    if (isBorder(rlhf, j) && rlhf.endExclusive[j - 1] === end) return { base: i, rlhf: j };
  }
  return { base: 0, rlhf: 0 };
}

/** How many of the tokens may lie before the other's last one. */
function beforeLastOf(other: ScoredTokens, tokens: ScoredTokens): number {
  if (other.count === 0) return 0;
  return Math.min(tokens.count - 1, tokensBefore(tokens, other.start[other.count - 1]!));
}

/** How many tokens end at or before an offset; one without text that stands there belongs to what follows. */
function tokensBefore({ count, start, endExclusive }: ScoredTokens, offset: number): number {
  return firstIndex(count, (i) => endExclusive[i]! > offset || start[i]! >= offset);
}

/** Whether the text behind the first `count` tokens, the last of which has text, begins with the next one or later. */
function isBorder(tokens: ScoredTokens, count: number): boolean {
  if (count === 0 || count >= tokens.count) return false;
  const end = tokens.endExclusive[count - 1]!;
  return tokens.start[count - 1]! < end && tokens.start[count]! >= end;
}
