import type { TokenRange } from "./ranges";
import type { ScoredTokens } from "./tokens";
import { bytesOfUnit } from "./utf8";
import { isScored } from "./tokens";

/**
 * The text that scored tokens stand for, counted as they come. Characters that several tokens share count once; a token
 * without text adds nothing; a word counts once however many tokens, scored or not, it consists of.
 */
export class CoveredText {
  /** UTF-8 bytes; a lone surrogate counts as U+FFFD, three bytes. */
  bytes = 0;
  /** Maximal runs of non-blank characters, in whole or in part. */
  words = 0;
  /** Where the first character stands that was not looked at yet; null: nowhere, no token has come. */
  private next: number | null = null;
  /** The word that the last character belongs to has been counted. */
  private inCountedWord = false;

  /**
   * @param text from `textStart` of the whole text on, as far as the tokens reach; it begins no later than the last token that came before
   * @param tokens in text order, behind those that came before; offsets into the whole text
   */
  add(text: string, textStart: number, tokens: ScoredTokens, range: TokenRange): void {
    for (let i = range.start; i < range.endExclusive; i++) {
      const start = tokens.start[i]!;
      // What a token without a score shares with the next one may still be covered.
      const end = isScored(tokens, i) ? tokens.endExclusive[i]! : start;
      let at = (this.next ??= start);
      for (; at < end; at++) this.count(text, at - textStart, at >= start);
      this.next = at;
    }
  }

  private count(text: string, at: number, isCovered: boolean): void {
    if (isCovered) this.bytes += bytesOfUnit(text, at);
    if (isBlank(text, at)) this.inCountedWord = false;
    else if (isCovered && !this.inCountedWord) {
      this.words++;
      this.inCountedWord = true;
    }
  }
}

function isBlank(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 0x20 || (unit >= 9 && unit <= 13) || (unit > 0x7f && /\s/.test(text[at]!));
}
