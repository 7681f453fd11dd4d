/**
 * Rows of cells as lines, the columns two blanks apart.
 * @param leftAligned how many columns, from the first on, begin in one place; the others end in one
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  leftAligned = Infinity,
): string[] {
  const columns = Math.max(0, ...rows.map((cells) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((cells) => [...(cells[column] ?? "")].length)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => {
        const blanks = " ".repeat((widths[column] ?? 0) - [...cell].length);
        return column < leftAligned ? cell + blanks : blanks + cell;
      })
      .join("  "),
  );
}
