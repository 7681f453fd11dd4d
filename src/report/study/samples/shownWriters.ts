/** Whose samples figures compare. */
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Family } from "../../../protocol/studyFigure";
import { counted } from "../words";
import { stageTitle } from "../cells";
import { comparedWriter, matchedWriter, rowsOf } from "./sampleRows";

/** A writer as a figure shows it. */
export interface ShownWriter {
  readonly writer: Writer;
  readonly name: string;
  readonly role: Family;
}

/** Both models at the study's nuclei, and base at the one where it is as diverse as RLHF. */
export function shownWriters(cell: ResultCell): ShownWriter[] {
  const [base, rlhf] = [comparedWriter(cell, "base"), comparedWriter(cell, "rlhf")];
  const matched = matchedWriter(cell);
  const isOther = matched !== null && matched.key !== base?.key;
  return [
    ...(base ? [shown(base, "base")] : []),
    ...(isOther
      ? [{ ...shown(matched, "other"), name: nameOf(matched).replace(")", ", as diverse)") }]
      : []),
    ...(rlhf ? [shown(rlhf, "rlhf")] : []),
  ].filter(({ writer }) => rowsOf(cell, writer.key).length > 0);
}

function shown(writer: Writer, role: Family): ShownWriter {
  return { writer, name: nameOf(writer), role };
}

/** `Base (p 0.7)`; in a model's place: `Base`. */
export function nameOf({ stage, topP }: Pick<Writer, "stage" | "topP">): string {
  return topP === null ? stageTitle(stage) : `${stageTitle(stage)} (p ${topP})`;
}

/** What a figure's title ends with: whose samples, of which prompts. */
export function placeOf({ pair, corpus }: ResultCell): string {
  return pair === corpus ? corpus : `${pair}, ${corpus}`;
}

/** Whose samples they are, and how many. */
export function samplesLine(cell: ResultCell): string[] {
  const { models, prompts, samples } = cell;
  const counts = shownWriters(cell).map(({ writer, name }) => {
    const rows = samples.filter((row) => row.writer === writer.key);
    const all = rows.reduce((sum, row) => sum + row.samples, 0);
    return `${name}: ${counted(all, "sample")}`;
  });
  const names = models.map(({ name, quantisation }) => `${name}, ${quantisation}`).join("; ");
  const who = names === "" ? "samples from elsewhere" : names;
  return [`${placeOf(cell)} (${who}): ${counted(prompts.length, "prompt")}; ${counts.join(", ")}`];
}
