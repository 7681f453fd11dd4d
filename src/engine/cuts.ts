/**
 * Where a long text may be cut so that the tokens of its pieces, one after the other, are those of the whole. Pieces can
 * be cancelled between, and keep tokenizing linear: llama.cpp's SentencePiece tokenizer copies all tokens so far at every
 * character that it writes in bytes.
 */
import type { Vocabulary } from "./engine";
import { BLANK, isBlank, pieceBytes, TokenAttribute } from "./pieces";

/** Pieces are cut at the first safe place after so many UTF-16 units. */
export const PIECE_LENGTH = 8192;

/**
 * Stands before every piece but the first where the tokenizer puts a blank in front of what it gets: its tokens, blank
 * included, are then known and taken away.
 */
export const GUARD = "\0";

/** How SentencePiece writes a blank. */
const LOWER_BLOCK = 0x2581;
const REPLACEMENT = 0xfffd;

/** What cutting needs of a model. */
export interface CutRules {
  readonly vocabulary: Vocabulary;
  /** `SPM`, `BPE`; texts for others are not cut. */
  readonly tokenizer: string;
}

/**
 * @param text well-formed UTF-16
 * @param length least length of a piece but the last, UTF-16 units; usually {@link PIECE_LENGTH}
 */
export function cutText(text: string, rules: CutRules, length: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  let end: number | null;
  while ((end = firstCut(text, start + length, rules)) !== null) {
    pieces.push(text.slice(start, end));
    start = end;
  }
  pieces.push(text.slice(start));
  return pieces;
}

/** The first place from `from` on, inside a well-formed text, where it may be cut; null: there is none. */
export function firstCut(text: string, from: number, rules: CutRules): number | null {
  if (from >= text.length) return null;
  const isSafe = safeBorders(rules);
  for (let at = Math.max(1, from); at < text.length; at++) {
    if (isSafe(text.charCodeAt(at - 1), text.charCodeAt(at))) return at;
  }
  return null;
}

/**
 * Whether a text may be cut between two UTF-16 units.
 *
 * No merge crosses a border whose two characters stand side by side in no piece of the vocabulary. That is all for SPM,
 * which merges anything. BPE first cuts a text into words, by rules of which none looks back, and none joins a letter and
 * the blank or line end after it, but those that join whole words (`exaone-moe`, `superbpe`, `gemma4`), which then begin
 * anew there and differ in nothing but the border.
 */
function safeBorders({
  vocabulary,
  tokenizer,
}: CutRules): (before: number, after: number) => boolean {
  const { pairs, ends, strips, rewritesTags } = bordersOf(vocabulary);
  const together = (a: number, b: number) => pairs.has(pairKey(asBlank(a), asBlank(b)));
  if (tokenizer === "BPE" && !rewritesTags) {
    return (before, after) =>
      isBlank(after) &&
      /\p{L}/u.test(String.fromCharCode(before)) &&
      !together(before, after) &&
      !together(REPLACEMENT, after) &&
      !ends.has(before);
  }
  const guard = GUARD.charCodeAt(0);
  const guarded = vocabulary.addsSpacePrefix;
  if (tokenizer !== "SPM" || (guarded && (together(BLANK, guard) || ends.has(guard)))) {
    return () => false;
  }
  return (before, after) =>
    !isLowSurrogate(after) &&
    !together(before, after) &&
    !ends.has(before) &&
    !(strips && isBlank(before)) &&
    !(guarded && together(guard, after));
}

interface Borders {
  /** Pairs of UTF-16 units that some piece holds side by side. */
  readonly pairs: ReadonlySet<number>;
  /** Last units of user-defined tokens: a blank may be added, or lost, after them. */
  readonly ends: ReadonlySet<number>;
  /** Some user-defined token takes the blanks beside it. */
  readonly strips: boolean;
  /** What stands between `<dna>` and `</dna>` is read by other rules (HybriDNA). */
  readonly rewritesTags: boolean;
}

const known = new WeakMap<Vocabulary, Borders>();

/** Reads the vocabulary once, when the first long text comes: about 0.1 s for 100,000 pieces. */
function bordersOf(vocabulary: Vocabulary): Borders {
  const found = known.get(vocabulary) ?? readBorders(vocabulary);
  known.set(vocabulary, found);
  return found;
}

function readBorders(vocabulary: Vocabulary): Borders {
  const pairs = new Set<number>();
  const ends = new Set<number>();
  let strips = false;
  let rewritesTags = false;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  vocabulary.attributes.forEach((attributes, id) => {
    const text = decoder.decode(pieceBytes(vocabulary, id));
    addPairs(text, pairs);
    if ((attributes & TokenAttribute.Byte) !== 0) addPairs(byteName(vocabulary, id), pairs);
    if (text === "<dna>") rewritesTags = true;
    if ((attributes & TokenAttribute.UserDefined) === 0 || text === "") return;
    ends.add(text.charCodeAt(text.length - 1));
    if ((attributes & (TokenAttribute.LeftStrip | TokenAttribute.RightStrip)) !== 0) strips = true;
  });
  return { pairs, ends, strips, rewritesTags };
}

function addPairs(text: string, pairs: Set<number>): void {
  for (let i = 1; i < text.length; i++) {
    pairs.add(pairKey(asBlank(text.charCodeAt(i - 1)), asBlank(text.charCodeAt(i))));
  }
}

/** What a byte token is called, which a text may hold: `<0x0A>`. */
function byteName(vocabulary: Vocabulary, id: number): string {
  const [byte] = pieceBytes(vocabulary, id);
  return byte === undefined ? "" : `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function pairKey(first: number, second: number): number {
  return first * 0x10000 + second;
}

function asBlank(unit: number): number {
  return unit === LOWER_BLOCK ? BLANK : unit;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
