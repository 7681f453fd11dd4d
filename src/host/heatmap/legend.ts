import {
  DIFFERENCE_THRESHOLDS,
  RANK_THRESHOLDS,
  SURPRISAL_THRESHOLDS,
} from "../../analysis/scores/buckets";
import { formatNumber } from "../../analysis/presentation/format";
import { EXPLANATIONS } from "../../analysis/presentation/quantities";
import type { View } from "../../protocol/settings";
import { type Style, styleOf } from "./paint";

export const viewNames: Readonly<Record<View, string>> = {
  difference: "Difference",
  base: "Base surprisal",
  rlhf: "RLHF surprisal",
  rank: "RLHF rank",
  baseRank: "Base rank",
};

/** What each view shows, in a sentence. */
export const viewExplanations: Readonly<Record<View, string>> = {
  difference: "Which of the two models expected the text more, and by how many bits",
  base: "How much each token surprises the base model, in bits",
  rlhf: "How much each token surprises the RLHF model, in bits",
  rank: "Where each token stands among the RLHF model's guesses",
  baseRank: "Where each token stands among the base model's guesses",
};

/** What the quantity behind each view's colours means. */
export const viewQuantities: Readonly<Record<View, string>> = {
  difference: EXPLANATIONS.difference,
  base: EXPLANATIONS.surprisal,
  rlhf: EXPLANATIONS.surprisal,
  rank: EXPLANATIONS.rank,
  baseRank: EXPLANATIONS.rank,
};

/** The icon of each view: a codicon's name and, for a view of one model, that model's colour. */
export const viewIcons: Readonly<Record<View, ViewIcon>> = {
  difference: { icon: "arrow-swap" },
  base: { icon: "symbol-color", color: "twinlens.base" },
  rlhf: { icon: "symbol-color", color: "twinlens.rlhf" },
  rank: { icon: "list-ordered", color: "twinlens.rlhf" },
  baseRank: { icon: "list-ordered", color: "twinlens.base" },
};

interface ViewIcon {
  readonly icon: string;
  readonly color?: string;
}

/** One colour and what it says; no style: text that is left as it is. */
export interface LegendEntry {
  readonly style: Style | null;
  /** Fits a narrow list. */
  readonly label: string;
  /** The same in full, and what it comes to. */
  readonly meaning: string;
}

export function legend(view: View): readonly LegendEntry[] {
  switch (view) {
    case "base":
    case "rlhf":
      return buckets(SURPRISAL_THRESHOLDS.length).map((bucket) => {
        const label = bitsLabel(SURPRISAL_THRESHOLDS, bucket);
        const meaning = `${label}: ${chances(bucket)}`;
        return { style: styleOf(view, bucket), label, meaning };
      });
    case "rank":
    case "baseRank":
      return buckets(RANK_THRESHOLDS.length).map((bucket) => {
        const label = `rank ${ranks(bucket)}`;
        const meaning = `${label}: ${likelier(bucket)}`;
        return { style: styleOf(view, bucket), label, meaning };
      });
    case "difference": {
      const most = DIFFERENCE_THRESHOLDS.length;
      return buckets(2 * most).map((number) => {
        const bucket = most - number;
        return { style: styleOf(view, bucket), ...differenceTexts(bucket) };
      });
    }
    default:
      return view satisfies never;
  }
}

/** 0 .. `most` */
function buckets(most: number): readonly number[] {
  return Array.from({ length: most + 1 }, (_, bucket) => bucket);
}

function differenceTexts(bucket: number): Pick<LegendEntry, "label" | "meaning"> {
  const bits = bitsLabel(DIFFERENCE_THRESHOLDS, Math.abs(bucket));
  const times = factors(Math.abs(bucket));
  if (bucket === 0) {
    return { label: `alike, ${bits}`, meaning: `both expected it alike, ${bits}: ${times}` };
  }
  const model = bucket > 0 ? "base" : "RLHF";
  return {
    label: `${model} more, ${bits}`,
    meaning: `${model} expected it more, ${bits}: ${times}`,
  };
}

/** How many times as probable a bucket of the difference makes a text, as `4 to 32 times as likely`. */
function factors(bucket: number): string {
  const from = DIFFERENCE_THRESHOLDS[bucket - 1];
  const to = DIFFERENCE_THRESHOLDS[bucket];
  const factor = (bits: number) => formatNumber(2 ** bits, bits < 1 ? 1 : 0);
  if (from === undefined) return `less than ${factor(to ?? 0)} times as likely`;
  return to === undefined
    ? `at least ${factor(from)} times as likely`
    : `${factor(from)} to ${factor(to)} times as likely`;
}

/** `below 1 bit`, `1 to 2 bits`, …, `from 12 bits`. */
function bitsLabel(thresholds: readonly number[], bucket: number): string {
  const from = thresholds[bucket - 1];
  const to = thresholds[bucket];
  if (from === undefined) return `below ${decimal(to ?? 0)} ${to === 1 ? "bit" : "bits"}`;
  return to === undefined
    ? `from ${decimal(from)} bits`
    : `${decimal(from)} to ${decimal(to)} bits`;
}

/** The probabilities of a bucket of surprisal, as `1 in 4 to 1 in 16`. */
function chances(bucket: number): string {
  const chance = (bits: number) => `1 in ${formatNumber(2 ** bits, 0)}`;
  const from = SURPRISAL_THRESHOLDS[bucket - 1];
  const to = SURPRISAL_THRESHOLDS[bucket];
  if (from === undefined) return `likelier than ${chance(to ?? 0)}`;
  return to === undefined
    ? `a chance of ${chance(from)} or less`
    : `a chance of ${chance(from)} to ${chance(to)}`;
}

/** How many tokens a model held to be likelier than one of a bucket of ranks. */
function likelier(bucket: number): string {
  const from = RANK_THRESHOLDS[bucket - 1];
  const next = RANK_THRESHOLDS[bucket];
  if (from === undefined) return "the model's first guess";
  return next === undefined
    ? `${from - 1} tokens and more were likelier`
    : `${from - 1} to ${next - 2} tokens were likelier`;
}

/** `1`, `2 to 10`, …, `beyond 100`. */
function ranks(bucket: number): string {
  const from = RANK_THRESHOLDS[bucket - 1] ?? 1;
  const next = RANK_THRESHOLDS[bucket];
  if (next === undefined) return `beyond ${from - 1}`;
  return next - 1 === from ? `${from}` : `${from} to ${next - 1}`;
}

function decimal(value: number): string {
  return formatNumber(value, Number.isInteger(value) ? 0 : 1);
}
