import type { TokenRange } from "../text/ranges";
import type { ScoredTokens } from "../text/tokens";
import { isScored } from "../text/tokens";

/** How sharp a model's distributions are (paper §3), columns over a text's tokens. */
export interface SharpnessColumns {
  /** Nats, `[token]`. */
  readonly entropy: ArrayLike<number>;
  /** Entries with a probability above the threshold, `[token]`. */
  readonly coverage: ArrayLike<number>;
  /** C(k), the summed probability of the k most probable entries, `[token][k]` row-major. */
  readonly concentration: ArrayLike<number>;
}

/** Means over scored tokens; NaN where nothing was scored. */
export interface Sharpness {
  readonly meanEntropyBits: number;
  readonly coverage: number;
  /** Mean C(k), `[k]`, 0 .. 1. */
  readonly concentration: readonly number[];
}

/** What the means are made of. */
export interface SharpnessSums {
  /** Tokens. */
  readonly scored: number;
  readonly entropyBits: number;
  readonly coverage: number;
  /** C(k) over tokens, `[k]`. */
  readonly concentration: readonly number[];
}

/** {@link Sharpness} of tokens as they come. */
export class SharpnessMeasure {
  private scored = 0;
  private entropy = 0;
  private coverage = 0;
  private readonly concentration: Float64Array;

  /**
   * @param ks how many k there are
   * @param scale stored value of a C(k) of 1
   */
  constructor(
    ks: number,
    private readonly scale: number,
  ) {
    this.concentration = new Float64Array(ks);
  }

  /** @param range numbers of tokens */
  add(tokens: ScoredTokens, distributions: SharpnessColumns, range: TokenRange): void {
    const { concentration } = this;
    const ks = concentration.length;
    for (let i = range.start; i < range.endExclusive; i++) {
      if (!isScored(tokens, i)) continue;
      this.scored++;
      this.entropy += distributions.entropy[i]!;
      this.coverage += distributions.coverage[i]!;
      for (let k = 0; k < ks; k++) concentration[k]! += distributions.concentration[i * ks + k]!;
    }
  }

  sums(): SharpnessSums {
    const { scored, entropy, coverage, concentration, scale } = this;
    return {
      scored,
      entropyBits: entropy / Math.LN2,
      coverage,
      concentration: Array.from(concentration, (sum) => sum / scale),
    };
  }

  value(): Sharpness {
    return meanSharpness(this.sums());
  }
}

export function meanSharpness({
  scored,
  entropyBits,
  coverage,
  concentration,
}: SharpnessSums): Sharpness {
  return {
    meanEntropyBits: entropyBits / scored,
    coverage: coverage / scored,
    concentration: concentration.map((sum) => sum / scored),
  };
}
