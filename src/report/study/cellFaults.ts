import type { ResultCell } from "../../formats/study/studyResult";
import { counted } from "./words";

/** What a cell's numbers lack, a sentence each. */
export function cellFaults(cell: ResultCell): string[] {
  const { corpus, failed, isComplete, pair, measure, measured } = cell;
  const faults: string[] = [];
  const unit = measure === "samples" ? "prompt" : "document";
  if (failed.length > 0) {
    const count = counted(failed.length, unit);
    faults.push(`${corpus}, ${pair}: ${count} could not be measured: ${failed[0]!.reason}`);
  }
  if (!isComplete) {
    faults.push(
      `${corpus}, ${pair}: ${measure} is not complete: ${counted(measured, unit)} so far.`,
    );
  }
  return faults;
}
