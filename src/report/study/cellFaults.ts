import type { ResultCell } from "../../formats/study/studyResult";
import { counted, itemName } from "./words";

/** What a cell's numbers lack, a sentence each. */
export function cellFaults(cell: ResultCell): string[] {
  const { corpus, failed, isComplete, pair, measure } = cell;
  const faults: string[] = [];
  const item = itemName(cell);
  if (failed.length > 0) {
    const count = counted(failed.length, item);
    faults.push(`${corpus}, ${pair}: ${count} could not be measured: ${failed[0]!.reason}`);
  }
  if (!isComplete) {
    faults.push(`${corpus}, ${pair}: ${measure} is not complete: ${doneWords(cell)} so far.`);
  }
  return faults;
}

function doneWords(cell: ResultCell): string {
  const { measured, readaptation, tradeoff } = cell;
  if (readaptation !== null) return counted(readaptation.trainings.length, "training");
  if (tradeoff !== null) return counted(Math.max(0, tradeoff.rounds.length - 1), "round");
  return counted(measured, itemName(cell));
}
