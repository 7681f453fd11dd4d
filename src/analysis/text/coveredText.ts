import type { TokenRange } from "./ranges";
import type { ScoredTokens } from "./tokens";
import { bytesOfUnit } from "./utf8";
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
 */
export function coveredText(text: string, tokens: ScoredTokens, range: TokenRange): TextAmount {
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

function endOfWord(text: string, at: number): number {
  while (at < text.length && !isBlank(text, at)) at++;
  return at;
}

function isBlank(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 0x20 || (unit >= 9 && unit <= 13) || (unit > 0x7f && /\s/.test(text[at]!));
}
