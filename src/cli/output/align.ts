import { alignTexts } from "../../analysis/align/align";
import { encodeGaps } from "../../analysis/align/gapRuns";
import { visibleText } from "../../analysis/presentation/format";
import { alignedRows } from "../../jobs/runs/analysis";
import type { ImportedPrompt } from "../../jobs/runs/importSamples";
import type { AlignOptions } from "../arguments/runArguments";
import { widthOf } from "./width";

/** Stands for a column in which a text has no character. */
const GAP = "\u2500";

/**
 * Aligns every prompt's samples: rows of text for people, run lengths for programs. Part by part, since the whole of a
 * large file may be longer than a string can be.
 */
export function* alignSamples(
  prompts: readonly ImportedPrompt[],
  format: AlignOptions["format"],
): Generator<string> {
  const write = format === "json" ? alignedJson : alignedText;
  const [open, between, close] = format === "json" ? ["[", ",", "]\n"] : ["", "\n", ""];
  yield open;
  for (const [i, prompt] of prompts.entries()) yield (i > 0 ? between : "") + write(prompt);
  yield close;
}

function alignedJson({ prompt, samples }: ImportedPrompt): string {
  const { columns, rows, hitBudget } = alignTexts(samples)!;
  return JSON.stringify({ prompt, samples, columns, rows: rows.map(encodeGaps), hitBudget });
}

function alignedText({ prompt, samples }: ImportedPrompt): string {
  const alignment = alignTexts(samples)!;
  const visible = samples.map((text) => Array.from(text, toOneCharacter).join(""));
  const heading = prompt === "" ? "" : `# ${visibleText(prompt)}\n`;
  return `${heading}${inColumns(alignedRows(visible, alignment, GAP)).join("\n")}\n`;
}

/** Rows of as many characters each as lines in which a column is as wide as its widest character. */
function inColumns(rows: readonly string[]): string[] {
  const wide = new Map<string, number>();
  const widthOnce = (character: string) => {
    const known = wide.get(character) ?? widthOf(character);
    wide.set(character, known);
    return known;
  };
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, character] of Array.from(row).entries()) {
      if (character !== GAP) widths[column] = Math.max(widths[column] ?? 0, widthOnce(character));
    }
  }
  const filled = (character: string, column: number) =>
    character === GAP
      ? GAP.repeat(widths[column] ?? 0)
      : character + " ".repeat(widths[column]! - widthOnce(character));
  return rows.map((row) => Array.from(row, filled).join(""));
}

/** A character as a terminal may show it, one for one, so that columns stay columns. */
function toOneCharacter(character: string): string {
  const visible = visibleText(character);
  return [...visible].length === 1 ? visible : "\ufffd";
}
