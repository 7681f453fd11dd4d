/** What is said of a check, in plain text: names in it are made visible. */
import { formatNumber, NO_NUMBER, visibleText } from "../../analysis/presentation/format";
import type { Interval } from "../../protocol/studyFigure";
import { counted } from "../study/words";
import { COMMON_LABELS } from "../study/quantities";
import type { Labels } from "../study/quantity";
import type { Check, CheckedNumber } from "./checkResult";
import { besideBound, inDigits } from "./digits";
import type { Operator, Threshold } from "./threshold";

/** One line: what came of it, and of how many numbers. */
export function verdictLine({ threshold, verdict, numbers }: Check): string {
  const text = visibleText(threshold.text);
  const all = counted(numbers.length, "number");
  switch (verdict) {
    case "kept":
      return `${text}: kept by ${all}.`;
    case "exceeded": {
      const count = numbers.filter(({ outcome }) => outcome === "exceeded").length;
      return `${text}: exceeded by ${formatNumber(count, 0)} of ${all}.`;
    }
    case "failed":
      return numbers.length === 0
        ? `${text}: nothing matched.`
        : `${text}: could not be tested on all that it matches (${all}).`;
  }
}

/** What tells a number from others: `embedded pair, rlhf, C4, against base`. */
export function numberName({ kind }: Threshold, labels: Labels): string {
  const corpus = labels.corpus || "all corpora";
  const further = kind.labels
    .filter((label) => !COMMON_LABELS.includes(label) && labels[label])
    .map((label) => `${label} ${labels[label]}`);
  return [labels.pair ?? "", labels.stage ?? "", corpus, ...further].map(visibleText).join(", ");
}

/** `21.4 % (95 %: 18.6 to 24.2)` */
export function numberText({ interval }: CheckedNumber, threshold: Threshold): string {
  if (interval === null) return NO_NUMBER;
  const { kind, end, bound } = threshold;
  const unit = kind.unit === "" ? "" : ` ${kind.unit}`;
  const shown = (key: keyof Interval) => {
    const value = interval[key];
    if (value === null) return NO_NUMBER;
    return key === end ? besideBound(value, bound) : inDigits(value);
  };
  const { low, high } = interval;
  const span = low === null || high === null ? "" : ` (95 %: ${shown("low")} to ${shown("high")})`;
  return `${shown("value")}${unit}${span}`;
}

/** What a number is that exceeds its threshold: `is above 20`, as the operator says. */
export function exceededWords({ end, operator, bound }: Threshold): string {
  const which = { value: "", low: "its lower end ", high: "its upper end " }[end];
  return `${which}is ${OPERATOR_WORDS[operator]} ${String(bound)}`;
}

const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  ">": "above",
  ">=": "at or above",
  "<": "below",
  "<=": "at or below",
};
