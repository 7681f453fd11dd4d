import { visibleText } from "../../analysis/presentation/format";

/** A text on one line of a terminal, cut to so many characters. */
export function oneLine(text: string, length: number): string {
  const characters = [...visibleText(text)];
  return characters.length <= length
    ? characters.join("")
    : `${characters.slice(0, length - 1).join("")}…`;
}
