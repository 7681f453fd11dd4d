import { alignTexts } from "../analysis/align/align";
import { encodeGaps } from "../analysis/align/gapRuns";
import { visibleText } from "../analysis/format";
import { alignedRows } from "../runs/analysis";
import type { ImportedPrompt } from "../runs/importSamples";
import type { AlignOptions } from "./runArguments";

/** Stands for a column in which a text has no character. */
const GAP = "\u2500";

/** Aligns every prompt's samples: rows of text for people, run lengths for programs. */
export function alignSamples(
  prompts: readonly ImportedPrompt[],
  format: AlignOptions["format"],
): string {
  const aligned = prompts.map(({ prompt, samples }) => ({
    prompt,
    samples,
    alignment: alignTexts(samples)!,
  }));
  if (format === "json") {
    const document = aligned.map(({ prompt, samples, alignment }) => ({
      prompt,
      samples,
      columns: alignment.columns,
      rows: alignment.rows.map(encodeGaps),
      hitBudget: alignment.hitBudget,
    }));
    return `${JSON.stringify(document)}\n`;
  }
  return aligned
    .map(({ prompt, samples, alignment }) => {
      const visible = samples.map((text) => Array.from(text, toOneCharacter).join(""));
      const heading = prompt === "" ? "" : `# ${visibleText(prompt)}\n`;
      return `${heading}${alignedRows(visible, alignment, GAP).join("\n")}\n`;
    })
    .join("\n");
}

/** A character as a terminal may show it, one for one, so that columns stay columns. */
function toOneCharacter(character: string): string {
  const visible = visibleText(character);
  return [...visible].length === 1 ? visible : "\ufffd";
}
