import type { Alignment } from "../../src/analysis/align/align";

/** The alignment that lines with `-` for gaps show, and the texts they hold. */
export function readAligned(lines: readonly string[]): { texts: string[]; alignment: Alignment } {
  const texts = lines.map((line) => line.replaceAll("-", ""));
  const rows = lines.map((line) =>
    Int32Array.from([...line].flatMap((character, column) => (character === "-" ? [] : [column]))),
  );
  const columns = Math.max(0, ...lines.map((line) => [...line].length));
  return { texts, alignment: { columns, rows, cells: 0, hitBudget: false } };
}

/** An alignment as lines of equal length with `-` for gaps. */
export function showAligned(texts: readonly string[], alignment: Alignment): string[] {
  return texts.map((text, t) => {
    const line = new Array<string>(alignment.columns).fill("-");
    [...text].forEach((character, i) => (line[alignment.rows[t]![i]!] = character));
    return line.join("");
  });
}
