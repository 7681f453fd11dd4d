import type { Continuation, Vocabulary } from "../../engine";
import { cancelled, EngineError } from "../../errors";
import { cutText, GUARD, PIECE_LENGTH } from "../../cuts";
import { joinedTokens } from "../../joinedTokens";
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
  return joinedTokens(found);
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

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
