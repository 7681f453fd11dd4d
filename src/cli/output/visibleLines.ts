import { visibleText } from "../../analysis/presentation/format";

/** Text of several lines as a terminal may show it: other control characters are visible and do nothing. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(visibleText).join("\n");
}
