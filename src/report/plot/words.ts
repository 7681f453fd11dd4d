/** What is said of a value that is pointed at. */
import { visibleText } from "../../analysis/presentation/format";
import type { Axis, Interval } from "../../protocol/studyFigure";
import type { Markup } from "./markup";
import { markup } from "./markup";
import { valueText } from "./numbers";

/** `perplexity: 12.3 (95 %: 11.9 to 12.7)` */
export function valueWords(axis: Axis, value: number, { low, high }: Partial<Interval>): string {
  const words = `${visibleText(axis.label)}: ${valueText(value, axis.format)}`;
  if (!isNumber(low) || !isNumber(high)) return words;
  return `${words} (95 %: ${valueText(low, axis.format)} to ${valueText(high, axis.format)})`;
}

/** What browsers show where an element is pointed at. */
export function tooltip(words: readonly string[]): Markup {
  return markup("title", {}, words.join("\n"));
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
