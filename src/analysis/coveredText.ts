import type { Range, ScoredTokens } from "./tokens";
import { isScored } from "./tokens";

/** Amounts of text. */
export interface TextAmount {
  /** UTF-8 bytes; a lone surrogate counts as U+FFFD, three bytes. */
  readonly bytes: number;
  /** Maximal runs of non-blank characters, in whole or in part. */
  readonly words: number;
}

/**
 * The text that scored tokens stand for. Characters that several tokens share count once; a token without text adds
 * nothing; a word counts once however many tokens, scored or not, it consists of.
 * @param range numbers of tokens
 */
export function coveredText(text: string, tokens: ScoredTokens, range: Range): TextAmount {
  let bytes = 0;
  let words = 0;
  let covered = 0;
  let wordEnd = -1;
  for (let i = range.start; i < range.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    const end = tokens.endExclusive[i]!;
    for (let at = Math.max(covered, tokens.start[i]!); at < end; at++) {
      bytes += bytesOfUnit(text, at);
      if (at < wordEnd || isBlank(text, at)) continue;
      words++;
      wordEnd = endOfWord(text, at);
    }
    covered = Math.max(covered, end);
  }
  return { bytes, words };
}

/** UTF-8 bytes of a whole text. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) bytes += bytesOfUnit(text, at);
  return bytes;
}

/** What one UTF-16 unit adds to the length in UTF-8: each half of a pair counts two of the pair's four bytes. */
function bytesOfUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (isHigh(unit)) return isLow(text.charCodeAt(at + 1)) ? 2 : 3;
  if (isLow(unit)) return isHigh(text.charCodeAt(at - 1)) ? 2 : 3;
  return 3;
}

function endOfWord(text: string, at: number): number {
  while (at < text.length && !isBlank(text, at)) at++;
  return at;
}

function isBlank(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 0x20 || (unit >= 9 && unit <= 13) || (unit > 0x7f && /\s/.test(text[at]!));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
