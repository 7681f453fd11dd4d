/** Finds where the records of a CSV text end, in pieces of text: at line breaks outside quotation marks. */
export class CsvSplitter {
  /** May be changed between two records. */
  delimiter = ",";
  isQuoted = false;
  /** Line, from 1, in which the last quotation marks were opened. */
  quotedSince = 1;
  private line = 1;
  private isFieldStart = true;
  /** Whether the character before closed quotation marks: two in a row stand for one. */
  private isClosed = false;

  /** Index of every line break that ends a record. */
  *ends(piece: string): Generator<number> {
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (code === LINE_BREAK) this.line++;
      if (this.isQuoted) {
        if (code === QUOTE) this.close();
        continue;
      }
      if (code === QUOTE && (this.isFieldStart || this.isClosed)) this.open();
      else if (code === LINE_BREAK) yield i;
      this.isFieldStart = code === LINE_BREAK || code === this.delimiter.charCodeAt(0);
      this.isClosed = false;
    }
  }

  private open(): void {
    this.isQuoted = true;
    if (this.isFieldStart) this.quotedSince = this.line;
  }

  private close(): void {
    this.isQuoted = false;
    this.isClosed = true;
  }
}

const QUOTE = '"'.charCodeAt(0);
const LINE_BREAK = "\n".charCodeAt(0);
