/**
 * Small models for tests: GGUF files of the Llama architecture with seeded random weights, written into a cache folder
 * and reused. Two of them with one vocabulary and different seeds are a pair.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, truncateSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Metadata, MetadataValue, Tensor, TensorType } from "./gguf";
import { writeGguf } from "./gguf";
import { relativeTensors } from "./llamaRelatives";
import type { Vocabulary } from "./vocabularies";
import { byteVocabulary, rewritingVocabulary, spmVocabulary } from "./vocabularies";
import {
  constantVector,
  floatsOf,
  randomMatrix,
  randomMatrixWithFirst,
  withoutNumbers,
} from "./weights";

export interface ModelOptions {
  readonly name: string;
  readonly layers: number;
  /** Multiple of 32, so that rows fill Q8_0's blocks. */
  readonly embedding: number;
  /** Multiple of 32. */
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Context the file says the model was trained with, tokens. */
  readonly context: number;
  /** Type of the matrices; vectors are always F32. */
  readonly type: TensorType;
  readonly seed: number;
  /** Standard deviation of the logits in nats; random rows of the output matrix reach any. */
  readonly logitSpread: number;
  /** Tokens are about as probable as they are in English, give or take the spread. F32 only. */
  readonly likeEnglish?: boolean;
  /** The end token is all but certain everywhere: whatever is drawn is empty. Needs `likeEnglish`. */
  readonly endsAtOnce?: boolean;
  readonly vocabulary:
    | {
        readonly kind: "byte";
        readonly addBos: boolean;
        readonly size?: number;
        readonly pre?: string;
        readonly lacks?: readonly number[];
      }
    | {
        readonly kind: "spm";
        readonly addBos: boolean;
        readonly addSpacePrefix?: boolean;
        readonly bytes?: boolean;
      }
    | { readonly kind: "bert" | "t5" };
  readonly chatTemplate?: string;
  /** Keys of the header that differ from what the other options make of them; null: left out. */
  readonly metadata?: Readonly<Record<string, MetadataValue | null>>;
  /**
   * What the file claims to be; `bert` gives a real encoder without an output matrix, `lfm2` a real hybrid,
   * `qwen2`, `qwen3` and `olmo2` real relatives of Llama.
   */
  readonly architecture: "llama" | "bert" | (string & {});
  /** Names of tensors to leave out. */
  readonly omit?: readonly string[];
  /** A row of an F32 matrix that holds NaN. */
  readonly notNumbers?: { readonly tensor: string; readonly row: number };
  /** Share of the file that is kept. */
  readonly truncateTo?: number;
}

/** A tiny model: 2 layers of 64, some 600 tokens, 0.1 s for a text of a few thousand tokens. */
export const TINY: ModelOptions = {
  name: "tiny",
  layers: 2,
  embedding: 64,
  feedForward: 128,
  heads: 4,
  kvHeads: 2,
  context: 512,
  type: "F32",
  seed: 1,
  logitSpread: 2.5,
  vocabulary: { kind: "byte", addBos: true },
  architecture: "llama",
};

/** A chat template in the usual form, made of the vocabularies' control tokens. */
export const CHAT_TEMPLATE =
  "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}</s>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

/** Path of a test model in the cache; written at the first call. `options` override {@link TINY}. */
export function testModel(options: Partial<ModelOptions> = {}): string {
  const model = { ...TINY, ...options };
  const digest = createHash("sha256").update(JSON.stringify(model)).update(WRITER_DIGEST);
  const path = join(cacheFolder(), `${model.name}-${digest.digest("hex").slice(0, 16)}.gguf`);
  if (!existsSync(path)) writeModel(path, model);
  return path;
}

/** Paths of two models with one vocabulary and different weights. `options` override {@link TINY}'s. */
export function testPair(options: Partial<ModelOptions> = {}): { base: string; rlhf: string } {
  const { base, rlhf } = pairOptions(options.name ?? "pair");
  return {
    base: testModel({ ...base, ...options, name: base.name }),
    rlhf: testModel({ ...rlhf, ...options, name: rlhf.name, seed: rlhf.seed }),
  };
}

/** Writes a small pair under the names given: what the extension runs on where no trained pair is. */
export function writePair(basePath: string, rlhfPath: string): void {
  const { base, rlhf } = pairOptions("written");
  writeModel(basePath, base);
  writeModel(rlhfPath, rlhf);
}

/** Both are about as good at English as its word frequencies are, and differ in everything else. */
function pairOptions(name: string): { base: ModelOptions; rlhf: ModelOptions } {
  const base = { ...TINY, name: `${name}-base`, likeEnglish: true, logitSpread: 0.6 };
  return { base, rlhf: { ...base, name: `${name}-rlhf`, seed: 2, chatTemplate: CHAT_TEMPLATE } };
}

/** Values of the matrices and vectors of a test model in F32, by name. */
export function testWeights(options: Partial<ModelOptions> = {}): Map<string, Float32Array> {
  const model = { ...TINY, ...options };
  const tensors = tensorsOf(model, makeVocabulary(model.vocabulary));
  return new Map(tensors.map((tensor) => [tensor.name, floatsOf(tensor)]));
}

export function writeModel(path: string, options: ModelOptions): void {
  const vocabulary = makeVocabulary(options.vocabulary);
  const kept = tensorsOf(options, vocabulary).filter(({ name }) => !options.omit?.includes(name));
  const written = kept.map((tensor) =>
    tensor.name === options.notNumbers?.tensor
      ? withoutNumbers(tensor, options.notNumbers.row)
      : tensor,
  );
  const metadata = Object.entries({
    ...modelMetadata(options, vocabulary),
    ...options.metadata,
  }).filter((entry): entry is [string, MetadataValue] => entry[1] !== null);
  writeGguf(path, Object.fromEntries(metadata), written);
  if (options.truncateTo !== undefined) {
    truncateSync(path, Math.floor(statSync(path).size * options.truncateTo));
  }
}

function tensorsOf(options: ModelOptions, vocabulary: Vocabulary): Tensor[] {
  switch (options.architecture) {
    case "bert":
      return bertTensors(options, vocabulary);
    case "lfm2":
      return lfm2Tensors(options, vocabulary);
    case "qwen2":
    case "qwen3":
    case "olmo2":
      return relativeTensors(llamaTensors(options, vocabulary), options);
    case "llama":
    default:
      return llamaTensors(options, vocabulary);
  }
}

function cacheFolder(): string {
  return resolve(".cache/test-models");
}

/** Cached files are written anew when the code that writes them changes (run from a bundle, there is no source to ask). */
const WRITER_DIGEST = ["models.ts", "llamaRelatives.ts", "gguf.ts", "vocabularies.ts", "weights.ts"]
  .map((file) => resolve("test/support", file))
  .filter((file) => existsSync(file))
  .reduce((hash, file) => hash.update(readFileSync(file)), createHash("sha256"))
  .digest("hex");

function makeVocabulary(choice: ModelOptions["vocabulary"]): Vocabulary {
  switch (choice.kind) {
    case "byte":
      return byteVocabulary({ ...choice, size: choice.size ?? 0 });
    case "spm":
      return spmVocabulary(choice);
    case "bert":
    case "t5":
      return rewritingVocabulary(choice.kind);
  }
}

/** Numbers of `enum llama_ftype`. */
const FILE_TYPES: Record<TensorType, number> = { F32: 0, F16: 1, Q8_0: 7 };

function modelMetadata(options: ModelOptions, vocabulary: Vocabulary): Metadata {
  const { architecture } = options;
  const count = (value: number) => ({ type: "u32", value }) as const;
  return {
    "general.architecture": { type: "string", value: architecture },
    "general.name": { type: "string", value: options.name },
    "general.file_type": count(FILE_TYPES[options.type]),
    "general.quantization_version": count(2),
    [`${architecture}.context_length`]: count(options.context),
    [`${architecture}.embedding_length`]: count(options.embedding),
    [`${architecture}.block_count`]: count(options.layers),
    [`${architecture}.feed_forward_length`]: count(options.feedForward),
    [`${architecture}.attention.head_count`]: count(options.heads),
    [`${architecture}.attention.head_count_kv`]: count(options.kvHeads),
    ...(architecture === "bert"
      ? {
          "bert.attention.layer_norm_epsilon": { type: "f32", value: 1e-5 },
          "bert.attention.causal": { type: "bool", value: false },
          "bert.pooling_type": count(1),
        }
      : {
          [`${architecture}.attention.layer_norm_rms_epsilon`]: { type: "f32", value: 1e-5 },
          [`${architecture}.rope.dimension_count`]: count(options.embedding / options.heads),
          [`${architecture}.vocab_size`]: count(vocabulary.size),
        }),
    ...(architecture === "lfm2" ? lfm2Metadata(options) : {}),
    ...vocabulary.metadata,
    ...(options.chatTemplate === undefined
      ? {}
      : { "tokenizer.chat_template": { type: "string", value: options.chatTemplate } }),
  };
}

/**
 * Size of the first coordinate of every token's embedding where a model is to be like English. Layers add about 1 to it
 * and the last norm divides it by the root mean square of all, so that it arrives as a near constant, which the output
 * matrix can turn into a bias; the architecture has none.
 */
const CONSTANT = 32;

/**
 * Every matrix has the standard deviation 1 / √(row length), so that its output is about as large as its input; the
 * output matrix is scaled to the spread asked for, because the last norm gives it vectors of root mean square 1.
 */
function llamaTensors(options: ModelOptions, vocabulary: Vocabulary): Tensor[] {
  const { layers, embedding, feedForward, type, seed, logitSpread } = options;
  const kvWidth = (embedding / options.heads) * options.kvHeads;
  const matrix = (name: string, columns: number, rows: number, gain = 1) =>
    randomMatrix(name, type, [columns, rows], gain / Math.sqrt(columns), seed);
  const tensors = options.likeEnglish
    ? englishEnds(options, vocabulary)
    : [
        randomMatrix("token_embd.weight", type, [embedding, vocabulary.size], 1, seed),
        constantVector("output_norm.weight", embedding, 1),
        matrix("output.weight", embedding, vocabulary.size, logitSpread),
      ];
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}`;
    tensors.push(
      constantVector(`${block}.attn_norm.weight`, embedding, 1),
      matrix(`${block}.attn_q.weight`, embedding, embedding),
      matrix(`${block}.attn_k.weight`, embedding, kvWidth),
      matrix(`${block}.attn_v.weight`, embedding, kvWidth),
      matrix(`${block}.attn_output.weight`, embedding, embedding),
      constantVector(`${block}.ffn_norm.weight`, embedding, 1),
      matrix(`${block}.ffn_gate.weight`, embedding, feedForward),
      matrix(`${block}.ffn_up.weight`, embedding, feedForward),
      matrix(`${block}.ffn_down.weight`, feedForward, embedding),
    );
  }
  return tensors;
}

/** Logit of a token that leaves nothing for all others, nats. */
const CERTAIN = 50;

/** What stands before and after the layers of a model that knows how common tokens are. */
function englishEnds(options: ModelOptions, vocabulary: Vocabulary): Tensor[] {
  const { embedding, seed, logitSpread } = options;
  const shape = [embedding, vocabulary.size] as const;
  // The last norm leaves a vector of length √embedding, nearly all of it in the first coordinate.
  const arriving = Math.sqrt(embedding);
  const noise = (logitSpread * CONSTANT) / embedding;
  const end = vocabulary.metadata["tokenizer.ggml.eos_token_id"]?.value;
  const logFrequency = (id: number) =>
    options.endsAtOnce && id === end ? CERTAIN : vocabulary.logFrequency[id];
  return [
    randomMatrixWithFirst("token_embd.weight", shape, 1, seed, () => CONSTANT),
    constantVector("output_norm.weight", embedding, 1),
    randomMatrixWithFirst(
      "output.weight",
      shape,
      noise,
      seed,
      (id) => (logFrequency(id) ?? 0) / arriving,
    ),
  ];
}

/** LFM2: a short convolution takes the place of attention where a layer has no heads of keys and values, as the first. */
function lfm2Tensors(options: ModelOptions, vocabulary: Vocabulary): Tensor[] {
  const { embedding, heads, layers, seed } = options;
  const matrix = (name: string, columns: number, rows: number) =>
    randomMatrix(name, "F32", [columns, rows], 1 / Math.sqrt(columns), seed);
  const shared = llamaTensors(options, vocabulary)
    .filter(({ name }) => !/^blk\.0\.attn_(q|k|v|output)\./.test(name))
    .map((tensor) =>
      tensor.name === "output_norm.weight" ? { ...tensor, name: "token_embd_norm.weight" } : tensor,
    );
  const tensors = [
    ...shared,
    matrix("blk.0.shortconv.conv.weight", LFM2_CONVOLVED, embedding),
    matrix("blk.0.shortconv.in_proj.weight", embedding, 3 * embedding),
    matrix("blk.0.shortconv.out_proj.weight", embedding, embedding),
  ];
  for (let layer = 1; layer < layers; layer++) {
    tensors.push(
      constantVector(`blk.${layer}.attn_q_norm.weight`, embedding / heads, 1),
      constantVector(`blk.${layer}.attn_k_norm.weight`, embedding / heads, 1),
    );
  }
  return tensors;
}

/** Tokens that a convolution of LFM2 reaches over. */
const LFM2_CONVOLVED = 3;

function lfm2Metadata({ layers, kvHeads }: ModelOptions): Metadata {
  const heads = Int32Array.from({ length: layers }, (_, layer) => (layer === 0 ? 0 : kvHeads));
  return {
    "lfm2.shortconv.l_cache": { type: "u32", value: LFM2_CONVOLVED },
    "lfm2.attention.head_count_kv": { type: "i32s", value: heads },
  };
}

/** An encoder as BERT has it: nothing that predicts a next token. */
function bertTensors(options: ModelOptions, { size }: Vocabulary): Tensor[] {
  const { layers, embedding, feedForward, context, type, seed } = options;
  const matrix = (name: string, columns: number, rows: number) =>
    randomMatrix(name, type, [columns, rows], 1 / Math.sqrt(columns), seed);
  const norm = (name: string) => [
    constantVector(`${name}.weight`, embedding, 1),
    constantVector(`${name}.bias`, embedding, 0),
  ];
  const kvWidth = (embedding / options.heads) * options.kvHeads;
  const tensors = [
    matrix("token_embd.weight", embedding, size),
    matrix("position_embd.weight", embedding, context),
    ...norm("token_embd_norm"),
  ];
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}`;
    tensors.push(
      matrix(`${block}.attn_q.weight`, embedding, embedding),
      matrix(`${block}.attn_k.weight`, embedding, kvWidth),
      matrix(`${block}.attn_v.weight`, embedding, kvWidth),
      matrix(`${block}.attn_output.weight`, embedding, embedding),
      ...norm(`${block}.attn_output_norm`),
      matrix(`${block}.ffn_up.weight`, embedding, feedForward),
      matrix(`${block}.ffn_down.weight`, feedForward, embedding),
      ...norm(`${block}.layer_output_norm`),
    );
  }
  return tensors;
}
