import type { Continuation, PromptPart, Vocabulary } from "../../engine";
import { cancelled, EngineError } from "../../errors";
import { pieceBytes, TokenAttribute } from "../../pieces";
import { cutText, GUARD, PIECE_LENGTH } from "../../cuts";
import type { Library, Pointer } from "./library";
import { checkStretches } from "./stretches";

/** What tokenizing needs of a model. */
export interface Tokenizer {
  readonly vocab: Pointer;
  readonly vocabulary: Vocabulary;
  /** Kind of tokenizer, as {@link tokenizerName} gives it. */
  readonly tokenizer: string;
  /** `tokenizer.ggml.pre`: how a BPE tokenizer finds words. */
  readonly preTokenizer: string;
}

/** `llama_vocab_type`, named as views show it; the missing ones rewrite the text. */
const tokenizerNames: Readonly<Record<number, string>> = {
  1: "SPM",
  2: "BPE",
  5: "RWKV",
  6: "PLaMo2",
};

/**
 * Name of a model's tokenizer.
 * @throws EngineError `UnsupportedTokenizer` for WPM, UGM and vocabularies without text.
 */
export function tokenizerName(library: Library, vocab: Pointer): string {
  const name = tokenizerNames[library.llama_vocab_type(vocab) as number];
  if (name === undefined) {
    throw new EngineError(
      "UnsupportedTokenizer",
      "This model's tokenizer rewrites the text (WordPiece or Unigram), or it has none, so its tokens can't be shown in the text. Choose a model with a BPE or SentencePiece tokenizer.",
    );
  }
  return name;
}

/** Reads every piece of a vocabulary once; about 2 µs a token. */
export function readVocabulary(
  library: Library,
  vocab: Pointer,
  addsSpacePrefix: boolean,
): Vocabulary {
  const size = library.llama_vocab_n_tokens(vocab) as number;
  const offsets = new Uint32Array(size + 1);
  const attributes = new Uint16Array(size);
  const endOfGeneration: number[] = [];
  let bytes = new Uint8Array(size * 8);
  let piece = new Uint8Array(256);
  for (let id = 0; id < size; id++) {
    let length = library.llama_token_to_piece(vocab, id, piece, piece.length, 0, true) as number;
    if (length < 0) {
      piece = new Uint8Array(-length);
      length = library.llama_token_to_piece(vocab, id, piece, piece.length, 0, true) as number;
    }
    const start = offsets[id]!;
    if (start + length > bytes.length) bytes = grown(bytes, start + length);
    bytes.set(piece.subarray(0, length), start);
    offsets[id + 1] = start + length;
    attributes[id] = library.llama_vocab_get_attr(vocab, id) as number;
    if (library.llama_vocab_is_eog(vocab, id)) endOfGeneration.push(id);
  }
  const bos = library.llama_vocab_bos(vocab) as number;
  return {
    bytes: bytes.slice(0, offsets[size]),
    offsets,
    attributes,
    bos: library.llama_vocab_get_add_bos(vocab) && bos >= 0 ? bos : null,
    endOfGeneration,
    addsSpacePrefix,
  };
}

export interface TokenizeOptions {
  /** The text goes on after a piece that ended where it may be cut; null, the default: it is a beginning. */
  readonly continues?: Continuation | null;
  /** Least length of a piece but the last, UTF-16 units. */
  readonly pieceLength?: number;
  readonly signal?: AbortSignal;
}

/**
 * Tokens of a text, without BOS or EOS; what looks like a control token is plain text. Runs outside the event loop, long
 * texts in pieces; a lone surrogate becomes U+FFFD.
 * @throws EngineError `StretchTooLong`, `Cancelled` (between two pieces)
 */
export async function tokenize(
  library: Library,
  model: Tokenizer,
  text: string,
  { continues = null, pieceLength = PIECE_LENGTH, signal }: TokenizeOptions = {},
): Promise<Int32Array> {
  const { vocabulary, tokenizer, preTokenizer } = model;
  const whole = text.replace(LONE_SURROGATES, "\ufffd");
  if (tokenizer === "BPE") checkStretches(whole, preTokenizer, continues?.line);
  const pieces = cutText(whole, model, pieceLength);
  const begun = continues !== null;
  const guard = vocabulary.addsSpacePrefix && (begun || pieces.length > 1) ? GUARD : "";
  const guardTokens = guard === "" ? 0 : (await tokenizePiece(library, model.vocab, guard)).length;
  const found: Int32Array[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (signal?.aborted) throw cancelled();
    found.push(
      i === 0 && !begun
        ? await tokenizePiece(library, model.vocab, piece)
        : (await tokenizePiece(library, model.vocab, guard + piece)).subarray(guardTokens),
    );
  }
  return joined(found);
}

/** With the flag `u`, the halves of a pair are no characters. */
const LONE_SURROGATES = /[\ud800-\udfff]/gu;

/** One call of `llama_tokenize`. */
async function tokenizePiece(library: Library, vocab: Pointer, text: string): Promise<Int32Array> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) return new Int32Array(0);
  // A token takes a byte or more, but for a blank in front and a piece per byte of an unknown character.
  let tokens = new Int32Array(bytes.length + 16);
  let count = await call(library, vocab, bytes, tokens);
  if (count < 0) {
    tokens = new Int32Array(-count);
    count = await call(library, vocab, bytes, tokens);
  }
  return tokens.slice(0, count);
}

/**
 * Tokens of a prompt, as one call over its whole text would give them if nothing but the parts with `parseSpecial` could
 * hold control tokens. What stands between two of those is tokenized in one go, whatever parts it comes from: the
 * tokenizer merges across their borders, and adds a blank only where a text begins or follows a control token.
 */
export async function tokenizePrompt(
  library: Library,
  model: Tokenizer,
  parts: readonly PromptPart[],
  signal?: AbortSignal,
): Promise<Int32Array> {
  const found: Int32Array[] = [];
  for (const fragment of promptFragments(model.vocabulary, parts)) {
    found.push(
      typeof fragment === "number"
        ? Int32Array.of(fragment)
        : await tokenize(library, model, fragment, signal && { signal }),
    );
  }
  return joined(found);
}

/** What C's `isspace` takes for a blank. */
const BLANKS_BEFORE = /^[ \t-\r]+/;
const BLANKS_AFTER = /[ \t-\r]+$/;

/** A prompt's control tokens and the texts between them, as llama.cpp's `tokenizer_st_partition` tells them apart. */
export function promptFragments(
  vocabulary: Vocabulary,
  parts: readonly PromptPart[],
): (string | number)[] {
  const controls = controlTokens(vocabulary);
  const borders = anyOf([...controls.keys()]);
  const fragments: (string | number)[] = [];
  let text = "";
  /** Attributes of the control token before `text`. */
  let before = 0;
  const endText = (after: number) => {
    if ((before & TokenAttribute.RightStrip) !== 0) text = text.replace(BLANKS_BEFORE, "");
    if ((after & TokenAttribute.LeftStrip) !== 0) text = text.replace(BLANKS_AFTER, "");
    if (text !== "") fragments.push(text);
    text = "";
    before = after;
  };
  for (const part of parts) {
    // Texts and the control tokens between them take turns.
    const pieces = part.parseSpecial ? part.text.split(borders) : [part.text];
    pieces.forEach((piece, i) => {
      if (i % 2 === 0) {
        text += piece;
        return;
      }
      const id = controls.get(piece)!;
      endText(vocabulary.attributes[id]!);
      fragments.push(id);
    });
  }
  endText(0);
  return fragments;
}

/** Ids of the tokens that `parse_special` is about, by their text. */
export function controlTokens(vocabulary: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  const decoder = new TextDecoder();
  vocabulary.attributes.forEach((attributes, id) => {
    if ((attributes & (TokenAttribute.Control | TokenAttribute.Unknown)) === 0) return;
    const text = decoder.decode(pieceBytes(vocabulary, id));
    if (text !== "") ids.set(text, id);
  });
  return ids;
}

/** Matches each of the words, the longest that fits, as a group. */
function anyOf(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/;
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  const escaped = longestFirst.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`(${escaped.join("|")})`);
}

function call(
  library: Library,
  vocab: Pointer,
  bytes: Uint8Array,
  tokens: Int32Array,
): Promise<number> {
  return new Promise((resolve, reject) => {
    library.llama_tokenize.async(
      vocab,
      bytes,
      bytes.length,
      tokens,
      tokens.length,
      false,
      false,
      (error: Error | null, count: number) => {
        if (error) reject(error);
        else resolve(count);
      },
    );
  });
}

function joined(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
