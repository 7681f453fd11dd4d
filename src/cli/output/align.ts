import { alignTexts } from "../../analysis/align/align";
import { encodeGaps } from "../../analysis/align/gapRuns";
import { visibleText } from "../../analysis/presentation/format";
import { alignedRows } from "../../jobs/runs/analysis";
import type { ImportedPrompt } from "../../jobs/runs/importSamples";
import type { AlignOptions } from "../arguments/runArguments";

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
  return `${heading}${alignedRows(visible, alignment, GAP).join("\n")}\n`;
}

/** A character as a terminal may show it, one for one, so that columns stay columns. */
function toOneCharacter(character: string): string {
  const visible = visibleText(character);
  return [...visible].length === 1 ? visible : "\ufffd";
}
