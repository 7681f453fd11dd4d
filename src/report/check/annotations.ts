/** Checks as workflow commands of GitHub Actions, which stand as annotations at a run. */
import { formatNumber, visibleText } from "../../analysis/presentation/format";
import type { Check } from "./checkResult";
import { exceededWords, numberName, numberText, verdictLine } from "./checkWords";

/** Numbers that an annotation names; GitHub shows the first lines of it. */
const MOST_NUMBERS = 20;

/**
 * An annotation for each threshold and study: GitHub shows ten errors of a step. Every line is a command, so that no name
 * in it can be one.
 */
export function toAnnotations(checks: readonly Check[]): string {
  return checks.map(annotationOf).join("");
}

function annotationOf(check: Check): string {
  const { name, verdict } = check;
  const kind = verdict !== "kept" ? "error" : check.faults.length > 0 ? "warning" : "notice";
  const lines = [verdictLine(check), ...exceededLines(check), ...check.faults];
  const message = lines.map((line) => escapedData(visibleText(line))).join("%0A");
  return `::${kind} title=${escapedProperty(visibleText(`twinlens check: ${name}`))}::${message}\n`;
}

function exceededLines({ threshold, numbers }: Check): string[] {
  const exceeding = numbers.filter(({ outcome }) => outcome === "exceeded");
  const lines = exceeding
    .slice(0, MOST_NUMBERS)
    .map(
      (number) =>
        `${numberName(threshold, number.labels)}: ${numberText(number, threshold)} ${exceededWords(threshold)}`,
    );
  const more = exceeding.length - lines.length;
  return more > 0 ? [...lines, `and ${formatNumber(more, 0)} more`] : lines;
}

/** As GitHub's own toolkit escapes what a command says. */
function escapedData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** … and its properties, which end at commas and colons. */
function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
