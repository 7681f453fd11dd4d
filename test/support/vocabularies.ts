import type { Metadata } from "./gguf";

/** A tokenizer as GGUF metadata, with the number of its tokens. */
export interface Vocabulary {
  readonly size: number;
  readonly metadata: Metadata;
  /** How common a token is in English, very roughly: natural logarithm, up to a constant, `[id]`. */
  readonly logFrequency: readonly number[];
}

/** Numbers of llama.cpp's `enum llama_token_type`. */
export const TokenType = {
  Normal: 1,
  Unknown: 2,
  Control: 3,
  UserDefined: 4,
  Byte: 6,
} as const;

interface Entry {
  readonly text: string;
  readonly type: number;
}

export interface ByteVocabularyOptions {
  readonly addBos: boolean;
  /** Entries in all: tokens that no text reaches fill up the vocabulary, for the shape of a large model. 0: none. */
  readonly size: number;
  /** How words are found, as llama.cpp names it; `gpt-2`. */
  readonly pre?: string;
  /** Bytes without a token, as SmolLM2's vocabulary has them. */
  readonly lacks?: readonly number[];
}

/** Byte-level BPE (`gpt2`): 256 bytes, the words below as merges, control tokens and one user-defined token. */
export function byteVocabulary(options: ByteVocabularyOptions): Vocabulary {
  const { addBos, size, pre = "gpt-2", lacks = [] } = options;
  const entries: Entry[] = CONTROL_TOKENS.map((text) => ({ text, type: TokenType.Control }));
  entries.push({ text: USER_DEFINED_TOKEN, type: TokenType.UserDefined });
  BYTE_SYMBOLS.forEach((text, byte) => {
    if (!lacks.includes(byte)) entries.push({ text, type: TokenType.Normal });
  });
  const merges = new Set<string>();
  for (const bytes of BYTE_FRAGMENTS) addMerges(bytes, merges);
  for (const word of [...WORDS.map((word) => ` ${word}`), ...WORDS, ...FRAGMENTS]) {
    addMerges([...Buffer.from(word)], merges);
  }
  const merged = new Set([...merges].map((merge) => merge.replace(" ", "")));
  for (const text of merged) entries.push({ text, type: TokenType.Normal });
  for (let i = entries.length; i < size; i++) {
    entries.push({ text: `Ġfiller${i}`, type: TokenType.Normal });
  }
  return {
    size: entries.length,
    logFrequency: entries.map(logFrequency),
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: "gpt2" },
      "tokenizer.ggml.pre": { type: "string", value: pre },
      ...tokenLists(entries),
      "tokenizer.ggml.merges": { type: "strings", value: [...merges] },
      ...specialTokens(entries, addBos),
    },
  };
}

export interface SpmVocabularyOptions {
  readonly addBos: boolean;
  /** Written only when given; llama.cpp's default for this kind is true. */
  readonly addSpacePrefix?: boolean;
  /** False leaves the 256 byte tokens out, as a damaged file would. */
  readonly bytes?: boolean;
}

/** SentencePiece-like (`llama`): pieces with scores, `▁` for a blank, 256 byte tokens as the fallback. */
export function spmVocabulary(options: SpmVocabularyOptions): Vocabulary {
  const entries: Entry[] = [
    { text: "<unk>", type: TokenType.Unknown },
    ...CONTROL_TOKENS.map((text) => ({ text, type: TokenType.Control })),
    { text: USER_DEFINED_TOKEN, type: TokenType.UserDefined },
  ];
  if (options.bytes !== false) {
    for (let byte = 0; byte < 256; byte++) {
      const hex = byte.toString(16).toUpperCase().padStart(2, "0");
      entries.push({ text: `<0x${hex}>`, type: TokenType.Byte });
    }
  }
  const pieces = new Set<string>();
  for (const word of [...WORDS.map((word) => `▁${word}`), ...WORDS, ...FRAGMENTS]) {
    // Merging goes from pair to pair, so every beginning of a piece has to be a piece.
    const characters = [...word.replaceAll(" ", "▁")];
    for (let end = 1; end <= characters.length; end++)
      pieces.add(characters.slice(0, end).join(""));
    for (const character of characters) pieces.add(character);
  }
  for (const text of pieces) entries.push({ text, type: TokenType.Normal });
  const { addSpacePrefix } = options;
  return {
    size: entries.length,
    logFrequency: entries.map(logFrequency),
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: "llama" },
      ...tokenLists(entries),
      "tokenizer.ggml.scores": { type: "f32s", value: Float32Array.from(entries, (_, i) => -i) },
      ...specialTokens(entries, options.addBos),
      ...(addSpacePrefix === undefined
        ? {}
        : { "tokenizer.ggml.add_space_prefix": { type: "bool", value: addSpacePrefix } }),
    },
  };
}

/** WordPiece (`bert`), a tokenizer that rewrites text; `t5` (Unigram) is the other one of that kind. */
export function rewritingVocabulary(model: "bert" | "t5"): Vocabulary {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const entries: Entry[] = [
    ...special.map((text, i) => ({
      text,
      type: i === 1 ? TokenType.Unknown : TokenType.Control,
    })),
    ...WORDS.map((word) => ({ text: `▁${word}`, type: TokenType.Normal })),
    ...[..."abcdefghijklmnopqrstuvwxyz▁\n"].map((text) => ({ text, type: TokenType.Normal })),
  ];
  return {
    size: entries.length,
    logFrequency: entries.map(logFrequency),
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: model },
      ...tokenLists(entries),
      "tokenizer.ggml.scores": { type: "f32s", value: Float32Array.from(entries, (_, i) => -i) },
      "tokenizer.ggml.token_type_count": { type: "u32", value: 2 },
      "tokenizer.ggml.padding_token_id": { type: "u32", value: 0 },
      "tokenizer.ggml.unknown_token_id": { type: "u32", value: 1 },
      "tokenizer.ggml.bos_token_id": { type: "u32", value: 2 },
      "tokenizer.ggml.eos_token_id": { type: "u32", value: 3 },
      "tokenizer.ggml.seperator_token_id": { type: "u32", value: 3 },
      "tokenizer.ggml.mask_token_id": { type: "u32", value: 4 },
    },
  };
}

export const CONTROL_TOKENS = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"] as const;

/** Matched before the tokenizer's own rules, even where control tokens are read as plain text. */
export const USER_DEFINED_TOKEN = "[[twin]]";

const WORDS =
  `the of and to in a is that it was for on are as with his they be at one have this from or had by
  but what some we can out other were all there when up use your how said an each she which do their
  time if will way about many then them write would like so these her long make thing see him two has
  look more day could go come did number sound no most people my over know water than call first who
  may down side been now find once upon little king queen prince forest old man woman child house
  went came saw asked answered fox wolf bird tree mother father model language token text world`
    .split(/\s+/)
    .filter((word) => word !== "");

const FRAGMENTS = [
  "ing",
  "ed",
  "er",
  "ly",
  "est",
  "tion",
  ", ",
  ". ",
  "\n\n",
  "  ",
  "é",
  "ü",
  "—",
  "“",
  "”",
  "’",
  "你",
  "😀",
];

/** Before all other merges: the end of one emoji with the start of the next, and the start alone. */
const BYTE_FRAGMENTS = [
  [0x80, 0xf0],
  [0xf0, 0x9f],
];

/** Adds the merges that build a word from its first byte on. */
function addMerges(bytes: readonly number[], merges: Set<string>): void {
  const symbols = bytes.map((byte) => BYTE_SYMBOLS[byte] ?? "");
  let left = symbols[0] ?? "";
  for (const right of symbols.slice(1)) {
    merges.add(`${left} ${right}`);
    left += right;
  }
}

/** By Zipf's law for the words above, by kind for the rest. */
function logFrequency({ text, type }: Entry): number {
  if (type !== TokenType.Normal) return -12;
  const rank = WORDS.indexOf(text.replace(/^[Ġ▁]/, ""));
  if (rank >= 0) return -Math.log(rank + 1) - (/^[Ġ▁]/.test(text) ? 0 : 3);
  if (/^[Ġ▁.,]$/.test(text)) return -1;
  if (/^[a-z]$/.test(text)) return -4;
  return /^[!-~]$/.test(text) ? -6 : -9;
}

/** GPT-2's printable stand-ins for bytes: printable Latin-1 stands for itself, the others from U+0100 on. */
const BYTE_SYMBOLS: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(printable ? byte : next++);
  });
})();

function tokenLists(entries: readonly Entry[]): Metadata {
  return {
    "tokenizer.ggml.tokens": { type: "strings", value: entries.map(({ text }) => text) },
    "tokenizer.ggml.token_type": {
      type: "i32s",
      value: Int32Array.from(entries, ({ type }) => type),
    },
  };
}

function specialTokens(entries: readonly Entry[], addBos: boolean): Metadata {
  const id = (text: string) => entries.findIndex((entry) => entry.text === text);
  return {
    "tokenizer.ggml.bos_token_id": { type: "u32", value: id("<s>") },
    "tokenizer.ggml.eos_token_id": { type: "u32", value: id("</s>") },
    "tokenizer.ggml.add_bos_token": { type: "bool", value: addBos },
    "tokenizer.ggml.add_eos_token": { type: "bool", value: false },
  };
}
