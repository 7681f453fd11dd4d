import { alignTexts } from "../../analysis/align/align";
import { encodeGaps } from "../../analysis/align/gapRuns";
import { visibleText } from "../../analysis/presentation/format";
import type { ImportedPrompt } from "../../jobs/files/samples";
import { alignedRows } from "../../jobs/runs/analysis";
import { withinLimit } from "../../jobs/runs/importedRun";
import type { AlignOptions } from "../arguments/runArguments";
import { widthOf } from "./width";

/**
 * The sets of a file's samples: each prompt's, by the stage of training.
 * @throws RecordError where a prompt has more than can be aligned
 */
export function byStage(prompts: readonly ImportedPrompt[]): SampleSet[] {
  return prompts.flatMap(({ prompt, samples }) => {
    const stages = new Map<string | null, string[]>(samples.length === 0 ? [[null, []]] : []);
    for (const { stage, text } of withinLimit(samples)) {
      stages.set(stage, stages.get(stage) ?? []);
      stages.get(stage)!.push(text);
    }
    return [...stages].map(([stage, texts]) => ({ prompt, stage, samples: texts }));
  });
}

/** What is shown where a text has no character in a column. */
const GAP = "\u2500";
/** Stands for it until then: no text that is shown has it. */
const MARK = "\0";

/** Samples that are aligned with each other. */
export interface SampleSet {
  readonly prompt: string;
  /** The stage of training that the file gives them; null: none. */
  readonly stage: string | null;
  readonly samples: readonly string[];
}

/**
 * Aligns every prompt's samples: rows of text for people, run lengths for programs. Part by part, since the whole of a
 * large file may be longer than a string can be.
 */
export function* alignSamples(
  sets: readonly SampleSet[],
  format: AlignOptions["format"],
): Generator<string> {
  const write = format === "json" ? alignedJson : alignedText;
  const [open, between, close] = format === "json" ? ["[", ",", "]\n"] : ["", "\n", ""];
  yield open;
  for (const [i, set] of sets.entries()) yield (i > 0 ? between : "") + write(set);
  yield close;
}

function alignedJson({ prompt, stage, samples }: SampleSet): string {
  const { columns, rows, hitBudget } = alignTexts(samples)!;
  const of = stage === null ? { prompt } : { prompt, stage };
  return JSON.stringify({ ...of, samples, columns, rows: rows.map(encodeGaps), hitBudget });
}

function alignedText({ prompt, stage, samples }: SampleSet): string {
  const alignment = alignTexts(samples)!;
  const visible = samples.map((text) => Array.from(text, toOneCharacter).join(""));
  const title = [prompt, stage ?? ""].filter((part) => part !== "").map(visibleText);
  const heading = title.length === 0 ? "" : `# ${title.join(" · ")}\n`;
  return `${heading}${inColumns(alignedRows(visible, alignment, MARK)).join("\n")}\n`;
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
      if (character !== MARK) widths[column] = Math.max(widths[column] ?? 0, widthOnce(character));
    }
  }
  const filled = (character: string, column: number) =>
    character === MARK
      ? GAP.repeat(widths[column] ?? 0)
      : character + " ".repeat(widths[column]! - widthOnce(character));
  return rows.map((row) => Array.from(row, filled).join(""));
}

/** A character as a terminal may show it, one for one, so that columns stay columns. */
function toOneCharacter(character: string): string {
  const visible = visibleText(character);
  return [...visible].length === 1 ? visible : "\ufffd";
}
