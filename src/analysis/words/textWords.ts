import { nextCodePoint } from "../text/codePoints";
import type { TextRange } from "../text/ranges";
import { endsSentence } from "../text/sentences";
import { UNSPACED } from "../text/words";
import { isPunctuation } from "./characters";

/** Punctuation at a word's ends: with the word that it is written at, or a word of its own. */
export type Punctuation = "joined" | "separate";

/** A word of a text; offsets are UTF-16. */
export interface TextWord extends TextRange {
  /** Number of the sentence that it is in, from 0. */
  readonly sentence: number;
}

/**
 * The words of a text in their order, which together are all that is not blank (docs/definitions.md, "Words"). Linear in the
 * length of the text.
 */
export function wordsOf(text: string, punctuation: Punctuation): TextWord[] {
  const words: TextWord[] = [];
  let sentence = 0;
  let sentenceEnds = false;
  let end = 0;
  for (const { 0: run, index } of text.matchAll(/\S+/gu)) {
    if (words.length > 0 && text.slice(end, index).includes("\n")) sentenceEnds = true;
    end = index;
    const ofRun = cutRun(run);
    for (const [i, word] of ofRun.entries()) {
      if (sentenceEnds) sentence++;
      for (const part of punctuation === "joined" ? [word] : apart(word)) {
        words.push({ start: end, endExclusive: end + part.length, sentence });
        end += part.length;
      }
      sentenceEnds = endsSentence(word, i === ofRun.length - 1);
    }
  }
  return words;
}

const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
const BEGINS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const BEGINS_OPENING = /^[\p{Ps}\p{Pi}]/u;
const segmenter = new Intl.Segmenter("en", { granularity: "word" });
/** Up to punctuation, at most 256 characters: the time of ICU's dictionaries grows with the square of what they are given. */
const STRETCHES = /.{0,255}(?:\p{P}|$)|.{1,256}/gsu;

/**
 * A run without blanks as words. Where its script sets none between them, they are found by ICU's dictionaries; opening brackets
 * and quotes then stay with what is behind them, all other punctuation with what is before it.
 */
function cutRun(run: string): readonly string[] {
  if (!HAS_UNSPACED.test(run)) return [run];
  const words: string[] = [];
  let start = 0;
  /** Of what is before the segment: whether it is opening punctuation, and whether it, but for punctuation, is unspaced. */
  let isOpening = true;
  let isUnspaced = false;
  for (const { segment, index } of segmentsOf(run)) {
    const opens = BEGINS_OPENING.test(segment);
    const isMark = isPunctuation(segment);
    const begins = isMark ? opens : BEGINS_UNSPACED.test(segment) || isUnspaced;
    if (begins && !isOpening) {
      words.push(run.slice(start, index));
      start = index;
    }
    isOpening = opens;
    if (!isMark) isUnspaced = BEGINS_UNSPACED.test(lastCharacter(segment));
  }
  words.push(run.slice(start));
  return words;
}

function* segmentsOf(run: string): Iterable<{ readonly segment: string; readonly index: number }> {
  for (const { 0: stretch, index: start } of run.matchAll(STRETCHES)) {
    for (const { segment, index } of segmenter.segment(stretch)) {
      yield { segment, index: start + index };
    }
  }
}

function lastCharacter(text: string): string {
  const last = text.slice(-2);
  return nextCodePoint(last, 0) === 2 ? last : text.slice(-1);
}

/** A word without the punctuation at its ends, which stands by itself. */
function apart(word: string): readonly string[] {
  const characters = [...word];
  const first = characters.findIndex((character) => !isPunctuation(character));
  if (first < 0) return [word];
  const last = characters.findLastIndex((character) => !isPunctuation(character));
  const parts = [
    characters.slice(0, first),
    characters.slice(first, last + 1),
    characters.slice(last + 1),
  ];
  return parts.map((part) => part.join("")).filter((part) => part !== "");
}
