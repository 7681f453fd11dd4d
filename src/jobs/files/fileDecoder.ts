import { formatNumber } from "../../analysis/presentation/format";

/** Where a file does not look like its encoding. */
export interface EncodingFault {
  /** By its standard name: `utf-8`. */
  readonly encoding: string;
  /** 1, 2, …; the first line with what is wrong. */
  readonly line: number;
  /** Bytes that the encoding does not know, for which U+FFFD stands in the text, or characters U+0000, as UTF-16 has read as UTF-8. */
  readonly what: "unknown bytes" | "NUL";
}

/**
 * Decodes a file in pieces: as UTF-8, as UTF-16 where a byte order mark says so, or as the encoding that was named. The
 * mark is left out, as editors do.
 */
export class FileDecoder {
  /** The first one; null: none so far. */
  fault: EncodingFault | null = null;
  private readonly start: number[] = [];
  private decoders: Decoders | null;
  /** Line breaks decoded so far. */
  private breaks = 0;

  /**
   * @param encoding a label of the Encoding Standard, such as `windows-1252`; null: what the first bytes say
   * @throws RangeError for a label that is none
   */
  constructor(encoding: string | null = null) {
    this.decoders = encoding === null ? null : createDecoders(encoding);
  }

  /** @returns the text of the bytes that are complete */
  decode(bytes: Uint8Array): string {
    if (this.decoders !== null) return this.continue(this.decoders, bytes, true);
    const missing = MARK_BYTES - this.start.length;
    this.start.push(...bytes.subarray(0, missing));
    if (this.start.length < MARK_BYTES) return "";
    return this.begin(true) + this.decode(bytes.subarray(missing));
  }

  /** @returns what was still missing at the file's end */
  end(): string {
    if (this.decoders === null) return this.begin(false);
    return this.continue(this.decoders, new Uint8Array(), false);
  }

  private begin(stream: boolean): string {
    const start = Uint8Array.from(this.start);
    this.decoders = createDecoders(encodingOf(start));
    return this.continue(this.decoders, start, stream);
  }

  private continue({ lenient, strict }: Decoders, bytes: Uint8Array, stream: boolean): string {
    const text = lenient.decode(bytes, { stream });
    if (this.fault !== null) return text;
    const found = (what: EncodingFault["what"], character: string) => {
      const line = 1 + this.breaks + breaksIn(text.slice(0, text.indexOf(character)));
      this.fault = { encoding: strict.encoding, line, what };
    };
    try {
      strict.decode(bytes, { stream });
      if (text.includes("\0")) found("NUL", "\0");
      this.breaks += breaksIn(text);
    } catch {
      found("unknown bytes", "\uFFFD");
    }
    return text;
  }
}

/** Bytes that are decoded at once: of much longer ones a decoder does not say why it can't. */
const PIECE_BYTES = 2 ** 24;

/** Decodes a whole file. @throws as {@link FileDecoder}; RangeError where the text is longer than a string can be */
export function decodeFile(
  bytes: Uint8Array,
  encoding: string | null = null,
): { readonly text: string; readonly fault: EncodingFault | null } {
  const decoder = new FileDecoder(encoding);
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    text += decoder.decode(bytes.subarray(start, start + PIECE_BYTES));
  }
  text += decoder.end();
  return { text, fault: decoder.fault };
}

/** What is said of a fault; how another encoding is chosen is for whoever shows it to add. */
export function faultText(name: string, { encoding, line, what }: EncodingFault): string {
  const place = `line ${formatNumber(line, 0)}`;
  if (what === "NUL") {
    return `${name} is hardly ${encoding.toUpperCase()}: ${place} has NUL characters, as UTF-16 (utf-16le) has.`;
  }
  return `${name} is not valid ${encoding.toUpperCase()}: ${place} has bytes that mean nothing there, shown as "\uFFFD".`;
}

/** One that goes on after a fault, and one that finds it. */
interface Decoders {
  readonly lenient: TextDecoder;
  readonly strict: TextDecoder;
}

function createDecoders(encoding: string): Decoders {
  return { lenient: new TextDecoder(encoding), strict: new TextDecoder(encoding, { fatal: true }) };
}

/** Bytes that tell whether there is a byte order mark. */
const MARK_BYTES = 2;

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
