/**
 * Stripes behind the columns in which most samples have the same character, as a CSS gradient.
 * @param runs columns: not, yes, not, …
 */
export function commonShade(runs: readonly number[]): string {
  const stops: string[] = [];
  let column = 0;
  runs.forEach((length, i) => {
    const color = i % 2 === 1 ? "var(--twinlens-stripe)" : "transparent";
    if (length > 0) stops.push(`${color} ${column}ch ${column + length}ch`);
    column += length;
  });
  return `linear-gradient(to right, ${[...stops, `transparent ${column}ch`].join(", ")})`;
}
