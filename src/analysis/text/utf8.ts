/** UTF-8 bytes and UTF-16 units. Half of a surrogate pair that stands alone counts as U+FFFD, three bytes. */

/** Bytes of a whole text. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) bytes += bytesOfUnit(text, at);
  return bytes;
}

/** What one UTF-16 unit adds to the length in UTF-8: each half of a pair counts two of the pair's four bytes. */
export function bytesOfUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (isHigh(unit)) return isLow(text.charCodeAt(at + 1)) ? 2 : 3;
  if (isLow(unit)) return isHigh(text.charCodeAt(at - 1)) ? 2 : 3;
  return 3;
}

/** Bytes of the character that begins with the byte `lead`. */
export function characterLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Whether a byte goes on with a character that an earlier one began. */
export function isContinuation(byte: number): boolean {
  return byte >> 6 === 0b10;
}

/** Turns rising offsets of bytes into UTF-16 offsets of whole characters; one pass over the text in all. */
export class UnitCursor {
  private byte = 0;
  private unit = 0;

  /** @param bytes well-formed UTF-8 */
  constructor(private readonly bytes: Uint8Array) {}

  /** UTF-16 offset of the character that holds byte `position`. */
  characterStart(position: number): number {
    while (this.byte < this.bytes.length && this.byte + this.length() <= position) this.step();
    return this.unit;
  }

  /** UTF-16 offset after the character that holds byte `end - 1`. */
  characterEnd(end: number): number {
    const start = this.characterStart(end - 1);
    return start + this.units();
  }

  private length(): number {
    return characterLength(this.bytes[this.byte]!);
  }

  private units(): number {
    return this.length() === 4 ? 2 : 1;
  }

  private step(): void {
    const length = this.length();
    this.unit += length === 4 ? 2 : 1;
    this.byte += length;
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
