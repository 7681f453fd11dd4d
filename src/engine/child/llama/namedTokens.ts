import type { Vocabulary } from "../../engine";
import { pieceBytes, TokenAttribute } from "../../pieces";
import type { Library, Pointer } from "./library";

/** Texts of a vocabulary's special tokens under the names that chat templates know; empty: it has none. */
export interface NamedTokens {
  readonly bos_token: string;
  readonly eos_token: string;
  readonly unk_token: string;
  readonly pad_token: string;
}

/** The tokens as the model's file has them, whether or not the tokenizer adds them by itself. */
export function namedTokens(library: Library, vocab: Pointer, vocabulary: Vocabulary): NamedTokens {
  const special = TokenAttribute.Control | TokenAttribute.Unknown;
  const textOf = (id: number) => {
    // Where a file does not say, llama.cpp takes a number that may be any word's.
    if (id < 0 || ((vocabulary.attributes[id] ?? 0) & special) === 0) return "";
    return new TextDecoder().decode(pieceBytes(vocabulary, id));
  };
  return {
    bos_token: textOf(library.llama_vocab_bos(vocab) as number),
    eos_token: textOf(library.llama_vocab_eos(vocab) as number),
    unk_token: textOf(
      vocabulary.attributes.findIndex((bits) => (bits & TokenAttribute.Unknown) !== 0),
    ),
    pad_token: textOf(library.llama_vocab_pad(vocab) as number),
  };
}
