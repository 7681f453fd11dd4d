import { characterLength, isContinuation, UnitCursor } from "../../analysis/text/utf8";
import { TokenFlag } from "../../protocol/scores";
import type { Continuation, Tokenization, Vocabulary } from "../engine";
import { EngineError } from "../errors";
import { BLANK, bytesWithToken, isBlank, TokenAttribute } from "../pieces";

/** U+2581 in UTF-8: how SentencePiece writes a blank, and a character that a text may hold itself. */
const LOWER_BLOCK = [0xe2, 0x96, 0x81] as const;
const NEWLINE = 0x0a;

/**
 * Finds every token in the text by walking pieces and text together, in UTF-8. What is left over is checked: each byte of
 * the text belongs to a token, or is one that the vocabulary has no token for, or a blank that an LSTRIP or RSTRIP token
 * beside it swallowed. Nothing covers the latter two.
 *
 * - A blank of a piece matches a blank or U+2581.
 * - A blank that the tokenizer put in front (SentencePiece) has no text.
 * - An unknown token takes the text up to where the next token matches.
 * - Tokens that begin or end inside a character take the whole character: they share its range.
 *
 * @param text any string; a lone surrogate counts as U+FFFD, as the tokenizer saw it
 * @param ids the text's tokens, without BOS
 * @param continues the text goes on after a piece that ended where it may be cut
 * @throws EngineError `UnsupportedTokenizer` when pieces and text disagree
 */
export function locateTokens(
  text: string,
  ids: Int32Array,
  vocabulary: Vocabulary,
  continues: Continuation | null = null,
): Tokenization {
  const bytes = new TextEncoder().encode(text);
  const cursor = new UnitCursor(bytes);
  const start = new Uint32Array(ids.length);
  const endExclusive = new Uint32Array(ids.length);
  const flags = new Uint8Array(ids.length);
  let withoutToken = 0;
  let position = 0;
  for (let token = 0; token < ids.length; token++) {
    const attributes = attributesOf(vocabulary, ids[token]);
    const match =
      (attributes & TokenAttribute.Unknown) !== 0
        ? { start: position, end: nextMatch(bytes, position, ids, token + 1, vocabulary) }
        : matchPiece(bytes, position, ids, token, vocabulary, continues);
    if (match.start > position)
      withoutToken += countLacking(bytes, position, match.start, vocabulary);
    start[token] = cursor.characterStart(match.start);
    endExclusive[token] = match.end > match.start ? cursor.characterEnd(match.end) : start[token]!;
    flags[token] =
      (match.end === match.start ? TokenFlag.NoText : 0) |
      ((attributes & TokenAttribute.UserDefined) !== 0 ? TokenFlag.UserDefined : 0) |
      ((attributes & TokenAttribute.Unknown) !== 0 ? TokenFlag.Unknown : 0) |
      ((attributes & TokenAttribute.Byte) !== 0 ? TokenFlag.Byte : 0) |
      (token > 0 && start[token]! < endExclusive[token - 1]! ? TokenFlag.SharesText : 0);
    position = match.end;
  }
  for (let at = position; at < bytes.length; at++) {
    if (mayBeLeftOut(bytes[at]!, ids.at(-1), undefined, vocabulary)) continue;
    throw disagreement(bytes, at, continues);
  }
  withoutToken += countLacking(bytes, position, bytes.length, vocabulary);
  return { id: ids, start, endExclusive, flags, withoutToken };
}

/** A half-open range of bytes. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

function matchPiece(
  bytes: Uint8Array,
  position: number,
  ids: Int32Array,
  token: number,
  vocabulary: Vocabulary,
  continues: Continuation | null,
): ByteRange {
  const id = ids[token]!;
  const from = vocabulary.offsets[id];
  const to = vocabulary.offsets[id + 1];
  if (from === undefined || to === undefined) throw disagreement(bytes, position, continues);
  const addedBlank = hasAddedBlank(ids, token, vocabulary, continues === null);
  for (let at = position; ; at++) {
    if (addedBlank) {
      const end = matchBytes(bytes, at, vocabulary.bytes, from + 1, to);
      if (end >= 0) return { start: at, end };
    }
    const end = matchBytes(bytes, at, vocabulary.bytes, from, to);
    if (end >= 0) return { start: at, end };
    if (at >= bytes.length || !mayBeLeftOut(bytes[at]!, ids[token - 1], id, vocabulary)) {
      throw disagreement(bytes, at, continues);
    }
  }
}

/** SentencePiece puts a blank before the text, and before what follows a user-defined token. */
function hasAddedBlank(
  ids: Int32Array,
  token: number,
  vocabulary: Vocabulary,
  isBeginning: boolean,
): boolean {
  const isUserDefined = (id: number | undefined) =>
    (attributesOf(vocabulary, id) & TokenAttribute.UserDefined) !== 0;
  return (
    vocabulary.addsSpacePrefix &&
    vocabulary.bytes[vocabulary.offsets[ids[token]!]!] === BLANK &&
    !isUserDefined(ids[token]) &&
    (token === 0 ? isBeginning : isUserDefined(ids[token - 1]))
  );
}

/** Whether a byte may lie between two tokens, in none of them. */
function mayBeLeftOut(
  byte: number,
  before: number | undefined,
  after: number | undefined,
  vocabulary: Vocabulary,
): boolean {
  const strips =
    (attributesOf(vocabulary, before) & TokenAttribute.RightStrip) |
    (attributesOf(vocabulary, after) & TokenAttribute.LeftStrip);
  return (strips !== 0 && isBlank(byte)) || !bytesWithToken(vocabulary).has(byte);
}

/** Characters of which no byte has a token; bytes `start` to `end` are in none. */
function countLacking(
  bytes: Uint8Array,
  start: number,
  end: number,
  vocabulary: Vocabulary,
): number {
  const withToken = bytesWithToken(vocabulary);
  let count = 0;
  for (let at = start; at < end; at++) {
    const length = characterLength(bytes[at]!);
    if (isContinuation(bytes[at]!) || at + length > end || withToken.has(bytes[at]!)) continue;
    count++;
  }
  return count;
}

function attributesOf(vocabulary: Vocabulary, id: number | undefined): number {
  return id === undefined ? 0 : (vocabulary.attributes[id] ?? 0);
}

function disagreement(
  bytes: Uint8Array,
  position: number,
  continues: Continuation | null,
): EngineError {
  const line = bytes
    .subarray(0, position)
    .reduce((n, byte) => n + (byte === NEWLINE ? 1 : 0), continues?.line ?? 1);
  return new EngineError(
    "UnsupportedTokenizer",
    `From line ${line} on, this model's tokens don't spell the text: its tokenizer rewrites text (for instance case, accents or blanks), or leaves some of it out. Choose a model with a BPE or SentencePiece tokenizer.`,
  );
}

/** Where the first token after an unknown one matches; the text's end when there is none. */
function nextMatch(
  bytes: Uint8Array,
  position: number,
  ids: Int32Array,
  next: number,
  vocabulary: Vocabulary,
): number {
  const id = ids[next];
  const afterCharacter = Math.min(bytes.length, position + characterLength(bytes[position] ?? 0));
  if (id === undefined) return bytes.length;
  if (((vocabulary.attributes[id] ?? 0) & TokenAttribute.Unknown) !== 0) return afterCharacter;
  const from = vocabulary.offsets[id]!;
  const to = vocabulary.offsets[id + 1]!;
  for (let at = afterCharacter; at < bytes.length; at++) {
    if (matchBytes(bytes, at, vocabulary.bytes, from, to) >= 0) return at;
  }
  return bytes.length;
}

/** End of `piece[from .. to)` when it stands in `bytes` at `position`, else -1. */
function matchBytes(
  bytes: Uint8Array,
  position: number,
  piece: Uint8Array,
  from: number,
  to: number,
): number {
  let at = position;
  for (let i = from; i < to; i++) {
    if (bytes[at] === piece[i]) at++;
    else if (piece[i] === BLANK && LOWER_BLOCK.every((byte, k) => bytes[at + k] === byte)) at += 3;
    else return -1;
  }
  return at;
}
