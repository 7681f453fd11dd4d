/**
 * Real vocabularies against texts that are hard on tokenizers: `TWINLENS_VOCABULARIES=FOLDER npm run bench -- tokenizers`.
 * The folder holds GGUF files; llama.cpp's `models/ggml-vocab-*.gguf` do (node-llama-cpp ships its repository as
 * `llama/gitRelease.bundle`), and so do whole models. Fails at the first text whose tokens do not cover it, or differ
 * when it is tokenized in pieces; a crash is a crash.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Vocabulary } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { openBuild } from "../../src/engine/child/llama/builds";
import type { Pointer, Struct } from "../../src/engine/child/llama/library";
import {
  readVocabulary,
  tokenize,
  type Tokenizer,
  tokenizerName,
} from "../../src/engine/child/llama/tokenizer";
import { locateTokens } from "../../src/engine/child/offsets";
import { printTable } from "./table";

const folder = process.env["TWINLENS_VOCABULARIES"];
if (folder === undefined) throw new Error("TWINLENS_VOCABULARIES names no folder of GGUF files.");

const CLASSES = ["a", "7", "-", " ", "\n"];
const LENGTHS = [3000, 20_000, 100_000, 1_000_000];
const FUZZED_TEXTS = 400;
const WHOLE = Infinity;

const { library } = await openBuild("off", null, () => undefined);

function openVocabulary(path: string): Tokenizer {
  const params = { ...(library.llama_model_default_params() as Struct), vocab_only: true };
  const model = library.llama_model_load_from_file(path, params) as Pointer | null;
  if (model === null) throw new Error(`llama.cpp can't load ${path}.`);
  const vocab = library.llama_model_get_vocab(model) as Pointer;
  const metadata = (key: string) => {
    const buffer = new Uint8Array(256);
    const length = library.llama_model_meta_val_str(model, key, buffer, buffer.length) as number;
    return length < 0 ? null : new TextDecoder().decode(buffer.subarray(0, length));
  };
  const tokenizer = tokenizerName(library, vocab);
  const prefix = tokenizer === "SPM" && metadata("tokenizer.ggml.add_space_prefix") !== "false";
  return {
    vocab,
    vocabulary: readVocabulary(library, vocab, prefix),
    tokenizer,
    preTokenizer: metadata("tokenizer.ggml.pre") ?? metadata("tokenizer.ggml.model") ?? "",
  };
}

/** Milliseconds for `length` equal characters of every class, the slowest; or how many classes are refused. */
async function longest(model: Tokenizer, length: number): Promise<string> {
  let slowest = 0;
  let refused = 0;
  for (const character of CLASSES) {
    const text = character.repeat(length);
    const start = performance.now();
    try {
      locateTokens(text, await tokenize(library, model, text), model.vocabulary);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "StretchTooLong") throw error;
      refused++;
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return `${Math.round(slowest)}${refused > 0 ? ` (${refused} refused)` : ""}`;
}

const ATOMS =
  `the¦fox¦don't¦I'LL¦Über¦ZZ¦B¦1¦42¦123456¦ ¦  ¦   ¦\n¦\n\n¦\r\n¦\t¦\n\n\t¦\v¦\f¦\x85¦\xa0¦\u2003¦\u200b¦.¦,¦!¦--¦----¦{¦}¦();¦=>¦_¦ß¦é¦你好¦。¦，¦日本・語¦ー¦🎉¦👩‍👩‍👧¦\u0301¦א¦עולם¦हिन्दी¦ไทย¦٣٤¦²¦Ⅷ¦\u2581¦\0¦\x01¦\x04¦\x1d¦\ufffd¦<s>¦<unk>¦<|im_start|>¦<|endoftext|>¦<0x0A>¦<dna>¦of the¦in a`.split(
    "¦",
  );

function fuzzed(random: () => number): string {
  const pick = (below: number) => Math.floor(random() * below);
  return Array.from({ length: 60 }, () =>
    random() < 0.9 ? ATOMS[pick(ATOMS.length)]! : String.fromCodePoint(pick(0x20000)),
  ).join("");
}

/**
 * Characters of all texts that have no token.
 * @throws where a text is not covered, or has other tokens in pieces
 */
async function fuzz(model: Tokenizer): Promise<number> {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let unseen = 0;
  for (let i = 0; i < FUZZED_TEXTS; i++) {
    const text = fuzzed(random);
    const ids = await tokenize(library, model, text, { pieceLength: WHOLE });
    const located = locateTokens(text, ids, model.vocabulary);
    unseen += located.withoutToken;
    checkCovered(text, located, model.vocabulary);
    const inPieces = await tokenize(library, model, text, { pieceLength: 1 });
    if (String(inPieces) !== String(ids)) throw new Error(`Other tokens: ${JSON.stringify(text)}`);
  }
  return unseen;
}

/** An independent count: units in no range, against characters without a token and blanks beside tokens that strip. */
function checkCovered(
  text: string,
  { start, endExclusive, withoutToken }: ReturnType<typeof locateTokens>,
  { attributes }: Vocabulary,
): void {
  const covered = new Uint8Array(text.length);
  start.forEach((from, i) => covered.fill(1, from, endExclusive[i]));
  const gaps = [...text].filter((_, i, all) => covered[all.slice(0, i).join("").length] === 0);
  const strips = attributes.some((bits) => (bits & (3 << 7)) !== 0);
  const counted = strips ? gaps.filter((character) => !/[ \t-\r]/.test(character)) : gaps;
  if (strips ? counted.length > withoutToken : counted.length !== withoutToken) {
    throw new Error(`${counted.length} characters are uncovered in ${JSON.stringify(text)}.`);
  }
}

const rows: (string | number)[][] = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".gguf"))) {
  try {
    const model = openVocabulary(join(folder, file));
    const unseen = await fuzz(model);
    const times: string[] = [];
    for (const length of LENGTHS) times.push(await longest(model, length));
    rows.push([file, model.tokenizer, model.preTokenizer, FUZZED_TEXTS, unseen, ...times]);
    console.error(rows.at(-1)!.join("  "));
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "UnsupportedTokenizer") throw error;
    if (!/WordPiece/.test(error.message)) throw error;
  }
}
printTable(
  [
    "file",
    "tokenizer",
    "words as in",
    "fuzzed texts covered",
    "characters without token",
    ...LENGTHS.map((length) => `${length} equal, ms`),
  ],
  rows,
);
process.exit(0);
