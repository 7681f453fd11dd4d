import type { PromptPart, Vocabulary } from "../../engine";
import { joinedTokens } from "../../joinedTokens";
import { pieceBytes, TokenAttribute } from "../../pieces";
import type { Library } from "./library";
import { tokenize, type Tokenizer } from "./tokenizer";

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
  return joinedTokens(found);
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
