import { NO_NUMBER, formatNumber, formatPerplexity, formatSigned } from "./format";
import type { Surprisal } from "../scores/surprisal";

type Rates = Pick<Surprisal, "scoredTokens" | "perplexity" | "bitsPerByte">;

/** What a line says of a text under one model or both. */
export interface Compared {
  readonly base: Rates | null;
  readonly rlhf: Rates | null;
  readonly sameTokenizer: boolean;
  readonly increasePercent: number | null;
  /** Tokens of the text that both scored; null with one model. */
  readonly common: { readonly baseTokens: number; readonly rlhfTokens: number } | null;
}

/**
 * `PPL base 12.3 · RLHF 18.9 (+54 %)`; bits per byte where the tokenizers differ and perplexities can't be compared.
 * Each model's number is over what it scored itself, which is said where it is more than what is compared.
 * @param perplexity what perplexity is called where it stands
 * @returns null where nothing is scored
 */
export function comparisonText(
  compared: Compared,
  perplexity: "PPL" | "perplexity",
): string | null {
  const { base, rlhf, sameTokenizer } = compared;
  const figure = (rates: Rates) => {
    if (rates.scoredTokens === 0) return NO_NUMBER;
    return sameTokenizer ? formatPerplexity(rates.perplexity) : formatNumber(rates.bitsPerByte, 2);
  };
  if ((base?.scoredTokens ?? 0) + (rlhf?.scoredTokens ?? 0) === 0) return null;
  const figures = [base && `base ${figure(base)}`, rlhf && `RLHF ${figure(rlhf)}`]
    .filter((part) => part !== null)
    .join(" · ");
  return `${sameTokenizer ? perplexity : "bits/byte"} ${figures}${increaseNote(compared)}`;
}

function increaseNote(compared: Compared): string {
  const { increasePercent } = compared;
  if (increasePercent === null) return "";
  const where = isOfAllScored(compared) ? "" : " on common text";
  return ` (${formatSigned(increasePercent, 0)} %${where})`;
}

/** Whether neither model has scored anything beside the text that is compared. */
export function isOfAllScored({
  base,
  rlhf,
  common,
}: {
  readonly base: Pick<Rates, "scoredTokens"> | null;
  readonly rlhf: Pick<Rates, "scoredTokens"> | null;
  readonly common: Compared["common"];
}): boolean {
  return (
    common === null ||
    (common.baseTokens === base?.scoredTokens && common.rlhfTokens === rlhf?.scoredTokens)
  );
}
