import { formatNumber, formatPerplexity, formatSigned } from "./format";

/** What held-out texts lose before and after a model was adapted. */
export interface HeldOutChange {
  readonly before: HeldOutLoss;
  readonly after: HeldOutLoss;
  /** After - before, nats per token, with its 95 % interval; null: too few documents. */
  readonly change: {
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
  };
  /** That the interval draws. */
  readonly documents: number;
}

interface HeldOutLoss {
  /** Nats per token. */
  readonly loss: number;
  readonly perplexity: number;
}

/** `from 3.412 to 3.101 nats per token` */
export function lossText({ before, after }: Pick<HeldOutChange, "before" | "after">): string {
  return `from ${formatNumber(before.loss, 3)} to ${formatNumber(after.loss, 3)} nats per token`;
}

/** `(perplexity 30.3 to 22.2): −0.311 (95 %: −0.402 to −0.220, over 12 documents)` */
export function changeText({ before, after, change, documents }: HeldOutChange): string {
  const { value, low, high } = change;
  const interval =
    low === null || high === null
      ? `over ${documents} document${documents === 1 ? "" : "s"}, too few to tell it from chance`
      : `95 %: ${formatSigned(low, 3)} to ${formatSigned(high, 3)}, over ${documents} documents`;
  return `(perplexity ${formatPerplexity(before.perplexity)} to ${formatPerplexity(after.perplexity)}): ${formatSigned(value, 3)} (${interval})`;
}
