import { isBlank, isPunctuation } from "../analysis/words/characters";
import { characterLength } from "../analysis/text/utf8";
import type { WordBoundary } from "../protocol/scores";
import type { Vocabulary } from "./engine";
import { pieceBytes, TokenAttribute } from "./pieces";

/**
 * The entries of a vocabulary that say that a word has ended: 1 for each whose piece begins with a blank or a line break, for tokens
 * that end a text, and for `punctuation` for those that begin with a punctuation mark; else 0, `[id]`.
 */
export function boundaryEntries(vocabulary: Vocabulary, boundary: WordBoundary): Uint8Array {
  let ofVocabulary = known.get(vocabulary);
  if (!ofVocabulary) known.set(vocabulary, (ofVocabulary = new Map<WordBoundary, Uint8Array>()));
  let entries = ofVocabulary.get(boundary);
  if (!entries) ofVocabulary.set(boundary, (entries = findEntries(vocabulary, boundary)));
  return entries;
}

const known = new WeakMap<Vocabulary, Map<WordBoundary, Uint8Array>>();

function findEntries(vocabulary: Vocabulary, boundary: WordBoundary): Uint8Array {
  const { attributes, endOfGeneration } = vocabulary;
  const entries = new Uint8Array(attributes.length);
  for (let id = 0; id < entries.length; id++) {
    if ((attributes[id]! & NO_TEXT) !== 0) continue;
    const first = firstCharacter(pieceBytes(vocabulary, id));
    const ends = isBlank(first) || (boundary === "punctuation" && isPunctuation(first));
    if (ends) entries[id] = 1;
  }
  for (const id of endOfGeneration) entries[id] = 1;
  return entries;
}

/** What their pieces spell is a name, not text. */
const NO_TEXT = TokenAttribute.Control | TokenAttribute.Unknown;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Empty for a piece without bytes; U+FFFD for part of a character. */
function firstCharacter(bytes: Uint8Array): string {
  const [lead] = bytes;
  return lead === undefined ? "" : decoder.decode(bytes.subarray(0, characterLength(lead)));
}
