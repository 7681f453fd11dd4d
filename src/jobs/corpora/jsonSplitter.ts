/** The end of a value in a text, half-open, and where what comes behind it begins. */
export interface Cut {
  readonly endExclusive: number;
  readonly next: number;
  /** false: only blanks may stand before it, and then there is none. */
  readonly isValue: boolean;
}

/**
 * Finds the ends of JSON values by their brackets, in pieces of text: of an array's elements where the text begins with one,
 * else of objects in a row.
 */
export class JsonSplitter {
  private depth = 0;
  private isArray: boolean | null = null;
  private isString = false;
  private isEscaped = false;

  /** Whether the text may not end here. */
  get isInside(): boolean {
    return this.depth !== 0;
  }

  *cuts(piece: string): Generator<Cut> {
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (this.isString) this.readString(code);
      else if (code === QUOTE) this.isString = true;
      else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
        this.depth++;
        if (this.isArray === null) {
          this.isArray = code === OPEN_ARRAY;
          if (this.isArray) yield { endExclusive: i, next: i + 1, isValue: false };
        }
      } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
        this.depth--;
        const end = this.isArray === true ? i : i + 1;
        if (this.depth === 0) yield { endExclusive: end, next: i + 1, isValue: false };
      } else if (code === COMMA && this.depth === 1 && this.isArray === true) {
        yield { endExclusive: i, next: i + 1, isValue: true };
      }
    }
  }

  private readString(code: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (code === BACKSLASH) this.isEscaped = true;
    else if (code === QUOTE) this.isString = false;
  }
}

const codeOf = (character: string) => character.charCodeAt(0);
const [QUOTE, BACKSLASH, COMMA] = [codeOf('"'), codeOf("\\"), codeOf(",")];
const [OPEN_ARRAY, CLOSE_ARRAY] = [codeOf("["), codeOf("]")];
const [OPEN_OBJECT, CLOSE_OBJECT] = [codeOf("{"), codeOf("}")];
