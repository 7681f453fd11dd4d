import {
  blockInterval,
  documentInterval,
  type MeanInterval,
  type TextSums,
} from "../statistics/bootstrap";
import { Cells } from "../statistics/cells";

/** What is measured at every token (docs/definitions.md, "Agreement"). */
const QUANTITIES = ["baseFromRlhf", "rlhfFromBase", "sameTop"] as const;
type Quantity = (typeof QUANTITIES)[number];

/** How far two models agree on what comes next, as means over tokens. */
export interface Agreement extends Readonly<Record<Quantity, MeanInterval>> {
  /** Kullback-Leibler divergence of base from RLHF, KL(base ‖ RLHF), bits per token, ≥ 0. */
  readonly baseFromRlhf: MeanInterval;
  /** KL(RLHF ‖ base), likewise. */
  readonly rlhfFromBase: MeanInterval;
  /** Share of tokens at which both have the same most probable entry, 0 .. 1. */
  readonly sameTop: MeanInterval;
  /** At which the models were compared. */
  readonly tokens: number;
  readonly outside: Outside | null;
}

/** Mean probability of the entries that only this model's vocabulary has, 0 .. 1. */
export interface Outside {
  readonly base: number;
  readonly rlhf: number;
}

/** Why two models were not compared at every token of a text, in words. */
export interface NotMeasured {
  readonly notMeasured: string;
}

/** What means over a text's tokens are made of; bits. */
export interface AgreementSums {
  readonly tokens: number;
  readonly sums: Readonly<Record<Quantity, number>>;
  /** What an interval over blocks is drawn from; null: no longer kept. */
  readonly cells: Readonly<Record<Quantity, TextSums>> | null;
  /** Sums of {@link Outside}; null: both vocabularies have the same entries. */
  readonly outside: Outside | null;
}

/** Rows of compared tokens, nats, `[row]`. */
interface ComparedTokens {
  readonly count: number;
  /** KL(base ‖ RLHF) */
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly agrees: Uint8Array;
  /** Probability of the entries that both vocabularies have, by model; null: those are all. */
  readonly common: readonly [Float64Array, Float64Array] | null;
}

/** The agreement of the base model and its RLHF twin on a text whose tokens come in rows, which are not kept. */
export class AgreementMeasure {
  private tokens = 0;
  private readonly sums = byQuantity(() => 0);
  private readonly cells = byQuantity(() => new Cells());
  private outside: { base: number; rlhf: number } | null = null;

  add({ count, first, second, agrees, common }: ComparedTokens): void {
    for (let row = 0; row < count; row++) {
      this.addTo("baseFromRlhf", first[row]! / Math.LN2);
      this.addTo("rlhfFromBase", second[row]! / Math.LN2);
      this.addTo("sameTop", agrees[row]!);
    }
    this.tokens += count;
    if (common === null) return;
    this.outside ??= { base: 0, rlhf: 0 };
    this.outside.base += outsideOf(common[0]);
    this.outside.rlhf += outsideOf(common[1]);
  }

  value(): AgreementSums {
    return {
      tokens: this.tokens,
      sums: { ...this.sums },
      cells: byQuantity((quantity) => this.cells[quantity].value()),
      outside: this.outside && { ...this.outside },
    };
  }

  private addTo(quantity: Quantity, value: number): void {
    this.sums[quantity] += value;
    this.cells[quantity].add(value, 1);
  }
}

/**
 * Means over all tokens of texts, with 95 % intervals.
 * @param draws what the bootstrap draws: blocks within each text, which needs their cells, or whole texts
 * @returns null for too little text to draw from
 */
export function agreementOf(
  texts: readonly AgreementSums[],
  draws: "blocks" | "texts",
): Agreement | null {
  const interval = (quantity: Quantity) =>
    draws === "blocks"
      ? blockInterval(texts.flatMap(({ cells }) => cells?.[quantity] ?? []))
      : documentInterval(texts.map(({ sums, tokens }) => ({ sum: sums[quantity], count: tokens })));
  const [baseFromRlhf, rlhfFromBase, sameTop] = QUANTITIES.map(interval);
  if (!baseFromRlhf || !rlhfFromBase || !sameTop) return null;
  const tokens = texts.reduce((sum, text) => sum + text.tokens, 0);
  return { baseFromRlhf, rlhfFromBase, sameTop, tokens, outside: meanOutside(texts, tokens) };
}

function meanOutside(texts: readonly AgreementSums[], tokens: number): Outside | null {
  const known = texts.flatMap(({ outside }) => outside ?? []);
  if (known.length === 0) return null;
  const mean = (of: keyof Outside) => known.reduce((sum, one) => sum + one[of], 0) / tokens;
  return { base: mean("base"), rlhf: mean("rlhf") };
}

/** What is left of probability 1 at each token, summed; where all is common, rounding may leave a trace below 0. */
function outsideOf(common: Float64Array): number {
  return common.reduce((sum, share) => sum + Math.max(0, 1 - share), 0);
}

function byQuantity<T>(of: (quantity: Quantity) => T): Record<Quantity, T> {
  return {
    baseFromRlhf: of("baseFromRlhf"),
    rlhfFromBase: of("rlhfFromBase"),
    sameTop: of("sameTop"),
  };
}
