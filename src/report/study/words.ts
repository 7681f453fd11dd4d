/** How figures name what they show. */
import { formatNumber } from "../../analysis/presentation/format";
import type { ResultCell } from "../../formats/study/studyResult";
import { distinct } from "./cells";

/** A corpus, and the one of the paper in whose place it stands. */
export function corpusLabel({ corpus, standsFor }: ResultCell): string {
  return standsFor === null ? corpus : `${corpus} (for ${standsFor})`;
}

/** One, and several. */
type Noun = readonly [string, string];

/** Whose numbers a figure shows, and of how many documents: a line for each pair. */
export function documentsLine(
  cells: readonly ResultCell[],
  document: Noun = ["document", "documents"],
  corpus: Noun = ["corpus", "corpora"],
): string[] {
  return distinct(cells.map(({ pair }) => pair)).map((pair) => {
    const of = cells.filter((cell) => cell.pair === pair);
    const documents = of.reduce((sum, { measured }) => sum + measured, 0);
    const names = of[0]!.models.map(({ name, quantisation }) => `${name}, ${quantisation}`);
    return `${pair} (${names.join("; ")}): ${counted(documents, ...document)} of ${counted(of.length, ...corpus)}`;
  });
}

/** What a cell's numbers are taken over. */
export function itemName({ measure, probes }: Pick<ResultCell, "measure" | "probes">): string {
  return measure === "samples" || measure === "tradeoff" ? "prompt" : (probes?.unit ?? "document");
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count, 0)} ${count === 1 ? one : many}`;
}
