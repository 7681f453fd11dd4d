import { visibleText } from "../../analysis/presentation/format";
import { cutToWidth } from "./width";

/** A text on one line of a terminal, cut to so many of its cells. */
export function oneLine(text: string, cells: number): string {
  return cutToWidth(visibleText(text), cells);
}
