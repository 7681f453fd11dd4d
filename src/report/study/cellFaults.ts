import type { ResultCell } from "../../formats/study/studyResult";
import { counted, itemName } from "./words";

/** What a cell's numbers lack, a sentence each. */
export function cellFaults(cell: ResultCell): string[] {
  const { corpus, failed, isComplete, pair, measure, measured } = cell;
  const faults: string[] = [];
  const item = itemName(cell);
  if (failed.length > 0) {
    const count = counted(failed.length, item);
    faults.push(`${corpus}, ${pair}: ${count} could not be measured: ${failed[0]!.reason}`);
  }
  if (!isComplete) {
    faults.push(
      `${corpus}, ${pair}: ${measure} is not complete: ${counted(measured, item)} so far.`,
    );
  }
  return faults;
}
