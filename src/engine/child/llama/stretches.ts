import { EngineError } from "../../errors";

/**
 * Stack of koffi's asynchronous calls, bytes: the most that koffi gives (its default is 128 KiB). Memory is taken page by
 * page as a call reaches it. Of the three calls, loading and decoding run on a few kilobytes (their work is in threads of
 * their own, or loops); tokenizing recurses, see {@link LONGEST_STRETCH}.
 */
export const ASYNC_STACK_BYTES = 16 * 2 ** 20;

/**
 * The longest stretch of one kind of characters, in UTF-16 units, that a tokenizer whose words are found by `std::regex`
 * is given. GNU's implementation calls itself for every character of a match: 16 MiB were enough for 43,000 to 54,000
 * characters with every pre-tokenizer of llama.cpp v0.5.0 (x64). A match may hold two stretches: punctuation, then the ends of lines.
 */
export const LONGEST_STRETCH = 16_384;

/** Pre-tokenizers of llama.cpp v0.5.0 that find words in loops of their own, or match one character at a time. */
const ITERATIVE: ReadonlySet<string> = new Set(
  `llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx smaug-bpe
  gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert mpt olmo jais trillion
  granite-docling starcoder refact command-r smollm codeshell exaone minerva-7b mellum2
  qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan megrez solar-open grok-2 qwen35 kimi-k2 laguna gemma4 sarvam-moe`.split(
    /\s+/,
  ),
);

/** Pre-tokenizers whose words are all that stands between blanks, whatever its kind. */
const BETWEEN_BLANKS: ReadonlySet<string> = new Set([
  "bloom",
  "gpt3-finnish",
  "poro-chat",
  "viking",
]);

/**
 * Refuses a text that would overflow the stack of llama.cpp's tokenizer; there is no place in a word where it may be cut.
 * @param preTokenizer `tokenizer.ggml.pre` of a BPE model
 * @param firstLine number of the text's first line
 * @throws EngineError `StretchTooLong`
 */
export function checkStretches(text: string, preTokenizer: string, firstLine = 1): void {
  if (text.length <= LONGEST_STRETCH || ITERATIVE.has(preTokenizer)) return;
  const kind = BETWEEN_BLANKS.has(preTokenizer)
    ? blankOrNot
    : preTokenizer === "exaone-moe"
      ? wordOrNot
      : kindOf;
  const start = longStretch(text, kind);
  if (start < 0) return;
  const line = firstLine - 1 + text.slice(0, start).split("\n").length;
  throw new EngineError(
    "StretchTooLong",
    `Line ${line} begins a stretch of more than ${LONGEST_STRETCH} characters of one kind (letters, digits, signs or blanks), which this model's tokenizer can't take in one piece. Break it up, or choose another model.`,
  );
}

/** What a character may stand in a match with: those of its own kind, and `Any`. */
enum Kind {
  Any,
  Blank,
  Letter,
  Digit,
  Sign,
}

/** Start of a stretch longer than {@link LONGEST_STRETCH}, or -1. Looks at a few characters only: long stretches hold one of the places asked. */
function longStretch(text: string, kind: (unit: string) => Kind): number {
  for (let at = 0; at < text.length; at += LONGEST_STRETCH >> 1) {
    let common = kind(text[at]!);
    const belongs = (unit: string) => {
      const other = kind(unit);
      if (common === Kind.Any) common = other;
      return other === Kind.Any || other === common;
    };
    let start = at;
    while (start > 0 && belongs(text[start - 1]!)) start--;
    let end = at + 1;
    while (end < text.length && end - start <= LONGEST_STRETCH && belongs(text[end]!)) end++;
    if (end - start > LONGEST_STRETCH) return start;
  }
  return -1;
}

/** Marks stand with letters in some pre-tokenizers and with signs in others; half of a surrogate pair may be anything. */
function kindOf(unit: string): Kind {
  if (/\s/.test(unit)) return Kind.Blank;
  // Japanese syllables come with their marks.
  if (/[\p{L}\u3040-\u30ff]/u.test(unit)) return Kind.Letter;
  if (/\p{N}/u.test(unit)) return Kind.Digit;
  return /[\p{M}\ud800-\udfff]/u.test(unit) ? Kind.Any : Kind.Sign;
}

function blankOrNot(unit: string): Kind {
  return /\s/.test(unit) ? Kind.Blank : Kind.Letter;
}

/** Words with the blanks between them are one match. */
function wordOrNot(unit: string): Kind {
  const kind = kindOf(unit);
  return unit === " " ? Kind.Letter : kind;
}
