import { widthOf } from "./width";

/**
 * Rows of texts as lines, the columns two blanks apart.
 * @param leftAligned how many columns, from the first on, begin in one place; the others end in one
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  leftAligned = Infinity,
): string[] {
  const columns = Math.max(0, ...rows.map((texts) => texts.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((texts) => widthOf(texts[column] ?? ""))),
  );
  return rows.map((texts) =>
    texts
      .map((text, column) => {
        const blanks = " ".repeat(widths[column]! - widthOf(text));
        return column < leftAligned ? text + blanks : blanks + text;
      })
      .join("  "),
  );
}
