import { formatNumber } from "../../analysis/presentation/format";

/** A record as a file has it (its number as in `CorpusDocument`), or why it can't be read. */
export type FileRecord<Value = unknown> =
  | { readonly record: number | null; readonly value: Value }
  | { readonly record: number | null; readonly fault: string };

/** Gathers the text of one record after another as it comes in pieces; of one that is too long nothing is held. */
export class RecordText {
  private text = "";
  private bytes = 0;

  /** @param mostBytes of UTF-8 */
  constructor(private readonly mostBytes: number) {}

  add(piece: string): void {
    this.bytes += Buffer.byteLength(piece);
    this.text = this.bytes > this.mostBytes ? "" : this.text + piece;
  }

  /** Ends a record. @returns its text; null: it is too long */
  take(): string | null {
    const text = this.bytes > this.mostBytes ? null : this.text;
    this.text = "";
    this.bytes = 0;
    return text;
  }
}

/** Said of records that are too long. */
export function tooLong(mostBytes: number): string {
  return `longer than ${formatNumber(mostBytes, 0)} bytes`;
}
