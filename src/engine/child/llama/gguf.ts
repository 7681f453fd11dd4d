import { closeSync, openSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EngineError } from "../../errors";
import { reading, statModel } from "../../modelFiles";
import type { Library, Pointer } from "./library";

const STRING = 8;
export const FLOAT32 = 6;
const BOOL = 7;
const UINT16 = 2;

/** Architectures whose models embed text and predict no next token. */
const embeddingArchitectures =
  /^(bert|modern-bert|nomic-bert|nomic-bert-moe|neo-bert|jina-bert|eurobert|gemma-embedding|t5encoder)/;

/** `tokenizer.ggml.model` values whose tokens can be found again in the text. */
const knownTokenizers = new Set(["gpt2", "llama", "rwkv", "plamo2", "gemma4"]);

/**
 * Looks at a model's header and refuses what can't be scored, before anything is loaded.
 * @throws EngineError `FileVanished`, `FileUnreadable`, `NotGguf`, `Truncated`, `NotFirstPart`, `EmbeddingOnly`,
 * `UnsupportedTokenizer`
 */
export function inspectGguf(library: Library, path: string): void {
  const { size } = statModel(path);
  if (!reading(path, () => hasMagic(path))) {
    throw new EngineError(
      "NotGguf",
      size === 0
        ? `${basename(path)} is empty. Download or copy the model again.`
        : `${basename(path)} is not a GGUF file. Choose a model in llama.cpp's GGUF format.`,
    );
  }
  const gguf = library.gguf_init_from_file(path, { no_alloc: true, ctx: null }) as Pointer | null;
  if (!gguf) {
    throw new EngineError(
      "Truncated",
      `${basename(path)} has a damaged or cut-off header. Download or copy the model again.`,
    );
  }
  try {
    checkLength(library, gguf, path, size);
    if (text(library, gguf, "general.type") === "adapter") throw isAdapter(path);
    checkKind(library, gguf, path);
    otherParts(library, gguf, path).forEach((part, i) => checkPart(library, part, i + 1));
  } finally {
    library.gguf_free(gguf);
  }
}

function isAdapter(path: string): EngineError {
  return new EngineError(
    "LoadFailed",
    `${basename(path)} is an adapter, and no model. Choose the model that it was made of, and this as its adapter.`,
  );
}

/** Whether a file begins as GGUF files do. @throws the file system's error */
export function hasMagic(path: string): boolean {
  const magic = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    return readSync(file, magic, 0, 4, 0) === 4 && magic.toString("latin1") === "GGUF";
  } finally {
    closeSync(file);
  }
}

/** How long a file is that holds all that its header announces. */
export function announcedBytes(library: Library, gguf: Pointer): number {
  const tensors = Number(library.gguf_get_n_tensors(gguf));
  let end = 0;
  for (let tensor = 0; tensor < tensors; tensor++) {
    const offset = Number(library.gguf_get_tensor_offset(gguf, tensor));
    end = Math.max(end, offset + Number(library.gguf_get_tensor_size(gguf, tensor)));
  }
  return Number(library.gguf_get_data_offset(gguf)) + end;
}

function checkLength(library: Library, gguf: Pointer, path: string, size: number): void {
  const wanted = announcedBytes(library, gguf);
  if (size < wanted) {
    throw new EngineError(
      "Truncated",
      `${basename(path)} is cut off: ${wanted} bytes are announced, ${size} are there. Download or copy the model again.`,
    );
  }
}

function checkKind(library: Library, gguf: Pointer, path: string): void {
  const architecture = text(library, gguf, "general.architecture");
  const causal = flag(library, gguf, `${architecture}.attention.causal`);
  if (embeddingArchitectures.test(architecture) || causal === false) {
    throw new EngineError(
      "EmbeddingOnly",
      `${basename(path)} is an embedding model (${architecture}): it predicts no next token. Choose a language model.`,
    );
  }
  const tokenizer = text(library, gguf, "tokenizer.ggml.model");
  if (tokenizer !== "" && !knownTokenizers.has(tokenizer)) {
    throw new EngineError(
      "UnsupportedTokenizer",
      `${basename(path)} uses the tokenizer "${tokenizer}", which rewrites the text, so its tokens can't be shown in it. Choose a model with a BPE or SentencePiece tokenizer.`,
    );
  }
}

/**
 * Paths of the other parts of a split model, by llama.cpp's naming `<name>-00001-of-00003.gguf`.
 * @throws EngineError `NotFirstPart`
 */
function otherParts(library: Library, gguf: Pointer, path: string): string[] {
  const count = smallNumber(library, gguf, "split.count") ?? 0;
  const name = /^(.*)-\d{5}-of-\d{5}\.gguf$/.exec(basename(path))?.[1];
  if (count < 2 || name === undefined) return [];
  const digits = (n: number) => String(n).padStart(5, "0");
  const number = smallNumber(library, gguf, "split.no");
  if (number !== 0) {
    const first = `${name}-${digits(1)}-of-${digits(count)}.gguf`;
    throw new EngineError(
      "NotFirstPart",
      `${basename(path)} is a part of a model that is split into ${count} files. Choose the first of them, ${first}.`,
    );
  }
  return Array.from({ length: count - 1 }, (_, i) =>
    join(dirname(path), `${name}-${digits(i + 2)}-of-${digits(count)}.gguf`),
  );
}

/** @param number of the part, 1: the second; one that says otherwise makes llama.cpp abort */
function checkPart(library: Library, path: string, number: number): void {
  const { size } = statModel(path);
  const gguf = library.gguf_init_from_file(path, { no_alloc: true, ctx: null }) as Pointer | null;
  if (!gguf) {
    throw new EngineError("Truncated", `${basename(path)} is damaged or cut off. Copy it again.`);
  }
  try {
    checkLength(library, gguf, path, size);
    if (smallNumber(library, gguf, "split.no") !== number) {
      throw new EngineError(
        "Truncated",
        `${basename(path)} does not say that it is part ${number + 1} of this model. Copy it again.`,
      );
    }
  } finally {
    library.gguf_free(gguf);
  }
}

/** A text of the metadata; empty: there is none under this key. */
export function text(library: Library, gguf: Pointer, key: string): string {
  const id = Number(library.gguf_find_key(gguf, key));
  if (id < 0 || library.gguf_get_kv_type(gguf, id) !== STRING) return "";
  return library.gguf_get_val_str(gguf, id) as string;
}

/** A number of 16 bits, as llama.cpp writes those of split files. */
function smallNumber(library: Library, gguf: Pointer, key: string): number | null {
  const id = Number(library.gguf_find_key(gguf, key));
  if (id < 0 || library.gguf_get_kv_type(gguf, id) !== UINT16) return null;
  return library.gguf_get_val_u16(gguf, id) as number;
}

function flag(library: Library, gguf: Pointer, key: string): boolean | null {
  const id = Number(library.gguf_find_key(gguf, key));
  if (id < 0 || library.gguf_get_kv_type(gguf, id) !== BOOL) return null;
  return library.gguf_get_val_bool(gguf, id) as boolean;
}
