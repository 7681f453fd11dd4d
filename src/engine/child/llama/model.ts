import { createHash } from "node:crypto";
import { basename } from "node:path";
import koffi from "koffi";
import type { AdapterFacts, TokenizerFault } from "../../../protocol/scores";
import type { ModelShape, StartTokens, Vocabulary } from "../../engine";
import { cancelled, EngineError } from "../../errors";
import { TokenAttribute } from "../../pieces";
import { ProgressCallback } from "./abi";
import { type AttentionShape, attentionShape } from "./attentionShape";
import type { OpenedBuild } from "./builds";
import { inspectGguf } from "./gguf";
import type { Library, Pointer, Struct } from "./library";
import { loadError } from "./loadError";
import { type NamedTokens, namedTokens } from "./namedTokens";
import { readVocabulary, tokenizerName } from "./tokenizer";
import { tokenizerFaults } from "./tokenizerFaults";

/** A model's weights and vocabulary in native memory. */
export interface NativeModel extends AttentionShape {
  readonly handle: Pointer;
  readonly vocab: Pointer;
  readonly vocabulary: Vocabulary;
  readonly path: string;
  /** Its own, and that of its adapter's file. */
  readonly name: string;
  /** What is added to its weights; null: nothing. */
  readonly adapter: NativeAdapter | null;
  readonly architecture: string;
  readonly quantisation: string;
  readonly sizeBytes: number;
  readonly parameters: number;
  readonly trainedContext: number;
  /** Positions a token can have: as many as were learned, or any where they are computed. */
  readonly positions: number;
  readonly shape: ModelShape;
  /** It keeps a state that follows from all tokens (of some layers at least), in place of keys and values for each. */
  readonly isRecurrent: boolean;
  readonly tokenizer: string;
  /** How a BPE tokenizer finds words: `tokenizer.ggml.pre`, or the kind of file that implies it. */
  readonly preTokenizer: string;
  readonly tokenizerDigest: string;
  readonly tokenizerFaults: readonly TokenizerFault[];
  readonly startTokens: StartTokens;
  /** Jinja source of the default chat template, or null. */
  readonly chatTemplate: string | null;
  /** What chat templates call `bos_token` and the like. */
  readonly namedTokens: NamedTokens;
}

/** A low-rank adapter in native memory, which every context of its model adds to the weights. */
export interface NativeAdapter {
  readonly handle: Pointer;
  readonly path: string;
  readonly bytes: number;
  /** Names of the weights that it changes. */
  readonly changes: readonly string[];
  readonly facts: AdapterFacts;
}

/**
 * Loads a GGUF file; of a split model, its first part. The event loop keeps running meanwhile.
 * @throws EngineError every code that names a fault of a file, `OutOfMemory`, `Cancelled`
 */
export async function loadModel(
  build: OpenedBuild,
  path: string,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<NativeModel> {
  const { library } = build;
  inspectGguf(library, path);
  const handle = await loadFile(build, path, onProgress, signal);
  try {
    return describe(library, handle, path);
  } catch (error) {
    library.llama_model_free(handle);
    throw error;
  }
}

export function freeModel(library: Library, { handle, adapter }: NativeModel): void {
  if (adapter !== null) library.llama_adapter_lora_free(adapter.handle);
  library.llama_model_free(handle);
}

async function loadFile(
  { library, log, device }: OpenedBuild,
  path: string,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Pointer> {
  const progress = koffi.register((fraction: number) => {
    onProgress(fraction);
    return !signal.aborted;
  }, koffi.pointer(ProgressCallback));
  const gpus = device === "CPU" ? noGpus(library) : null;
  const params: Struct = {
    ...(library.llama_model_default_params() as Struct),
    progress_callback: progress,
    devices: gpus,
    n_gpu_layers: gpus === null ? -1 : 0,
  };
  log.listen();
  try {
    const handle = await new Promise<Pointer | null>((resolve, reject) => {
      library.llama_model_load_from_file.async(
        path,
        params,
        (error: Error | null, model: Pointer | null) => {
          if (error) reject(error);
          else resolve(model);
        },
      );
    });
    if (handle) return handle;
  } finally {
    koffi.unregister(progress);
    if (gpus !== null) koffi.free(gpus);
  }
  if (signal.aborted) throw cancelled();
  throw loadError(path, log.errors(), device);
}

/**
 * An empty list of devices, which ends with null. A GPU that a build knows (on Apple silicon there is no other build) would
 * otherwise multiply large matrices for layers that are not its own.
 */
function noGpus(library: Library): Pointer {
  const list = koffi.alloc("void *", 1) as Pointer;
  const end = new BigUint64Array(1);
  library.memcpy(list, end, end.byteLength);
  return list;
}

function describe(library: Library, handle: Pointer, path: string): NativeModel {
  const vocab = library.llama_model_get_vocab(handle) as Pointer;
  const metadata = (key: string) => metadataText(library, handle, key);
  const architecture = metadata("general.architecture") ?? "unknown";
  checkDecoder(library, handle, path, architecture);
  const trainedContext = library.llama_model_n_ctx_train(handle) as number;
  if (trainedContext < 1) {
    throw new EngineError(
      "LoadFailed",
      `${basename(path)} names no context that it was trained with (${architecture}.context_length). Download the model again, or choose another.`,
    );
  }
  const tokenizer = tokenizerName(library, vocab);
  const addsSpacePrefix =
    tokenizer === "SPM" && metadata("tokenizer.ggml.add_space_prefix") !== "false";
  const vocabulary = readVocabulary(library, vocab, addsSpacePrefix);
  checkBytes(vocabulary, tokenizer, path);
  const template = library.llama_model_chat_template(handle, null) as string | null;
  return {
    handle,
    vocab,
    vocabulary,
    path,
    name: metadata("general.name") ?? basename(path),
    adapter: null,
    architecture,
    quantisation: library.llama_ftype_name(library.llama_model_ftype(handle)) as string,
    sizeBytes: Number(library.llama_model_size(handle)),
    parameters: Number(library.llama_model_n_params(handle)),
    trainedContext,
    positions: library.llama_model_rope_type(handle) === NO_ROPE ? trainedContext : Infinity,
    shape: {
      layers: library.llama_model_n_layer(handle) as number,
      dimensions: library.llama_model_n_embd(handle) as number,
    },
    isRecurrent: (library.llama_model_is_recurrent(handle) ||
      library.llama_model_is_hybrid(handle)) as boolean,
    ...attentionShape(library, handle, metadata, architecture),
    tokenizer,
    preTokenizer: metadata("tokenizer.ggml.pre") ?? metadata("tokenizer.ggml.model") ?? "",
    tokenizerDigest: digest(vocabulary, tokenizer, metadata("tokenizer.ggml.pre") ?? ""),
    tokenizerFaults: tokenizerFaults(tokenizer, vocabulary, metadata),
    startTokens: {
      bos: tokenWithin(vocabulary, library.llama_vocab_bos(vocab) as number),
      eos: tokenWithin(vocabulary, library.llama_vocab_eos(vocab) as number),
    },
    chatTemplate: template || null,
    namedTokens: namedTokens(library, vocab, vocabulary),
  };
}

/** `LLAMA_ROPE_TYPE_NONE`. */
const NO_ROPE = -1;

/** llama.cpp has -1 for a token that a vocabulary lacks. */
function tokenWithin({ attributes }: Vocabulary, id: number): number | null {
  return id >= 0 && id < attributes.length ? id : null;
}

function checkDecoder(library: Library, handle: Pointer, path: string, architecture: string): void {
  if (
    library.llama_model_has_encoder(handle) ||
    !library.llama_model_has_decoder(handle) ||
    library.llama_model_is_diffusion(handle)
  ) {
    throw new EngineError(
      "UnsupportedArchitecture",
      `${basename(path)} (${architecture}) is no left-to-right language model. Choose a decoder-only model.`,
    );
  }
}

/** llama.cpp's SentencePiece tokenizer aborts the process at a character that has neither a piece nor byte tokens. */
function checkBytes(vocabulary: Vocabulary, tokenizer: string, path: string): void {
  const byteTokens = vocabulary.attributes.filter(
    (bits) => (bits & TokenAttribute.Byte) !== 0,
  ).length;
  if (tokenizer === "SPM" && byteTokens < 256) {
    throw new EngineError(
      "UnsupportedTokenizer",
      `The vocabulary of ${basename(path)} lacks byte tokens: llama.cpp can't tokenize every text with it. Choose another model.`,
    );
  }
}

function metadataText(library: Library, handle: Pointer, key: string): string | null {
  const buffer = new Uint8Array(1024);
  const length = library.llama_model_meta_val_str(handle, key, buffer, buffer.length) as number;
  return length < 0 ? null : new TextDecoder().decode(buffer.subarray(0, Math.min(length, 1023)));
}

function digest(vocabulary: Vocabulary, tokenizer: string, pre: string): string {
  return createHash("sha256")
    .update(`${tokenizer}\0${pre}\0${vocabulary.addsSpacePrefix}\0`)
    .update(vocabulary.offsets)
    .update(vocabulary.bytes)
    .update(vocabulary.attributes)
    .digest("hex")
    .slice(0, 16);
}
