import { basename } from "node:path";
import { EngineError } from "../../errors";
import { reading, statAdapter } from "../../modelFiles";
import { checkFit } from "./adapterFit";
import { ALPHA, MADE_OF, MATRIX_A, MATRIX_B } from "./adapterKeys";
import { hasMagic } from "./gguf";
import { GgufHeader } from "./ggufHeader";
import type { Library } from "./library";

/** What an adapter's file says of itself. */
export interface AdapterHeader {
  readonly path: string;
  /** Names of the weights that it changes. */
  readonly changes: readonly string[];
  /** SHA-256 over the files of the model that it was made of, in hex; null: it does not say. */
  readonly madeOf: string | null;
}

/** Types that adapters are written in, as ggml counts them: F32, F16, Q8_0, BF16. */
const TYPES: readonly number[] = [0, 1, 8, 30];

/**
 * Looks at the headers of an adapter and of the model that it is to change, and refuses what can't be added, before anything is
 * loaded: llama.cpp ends the process at some of it, and leaves out other parts without a word.
 * @param modelPath has been inspected
 * @throws EngineError `AdapterUnreadable`, `AdapterMismatch`, `FileUnreadable`
 */
export function inspectAdapter(library: Library, path: string, modelPath: string): AdapterHeader {
  const { size } = statAdapter(path);
  if (!reading(path, () => hasMagic(path))) {
    throw unreadable(path, size === 0 ? "is empty" : "is not a GGUF file");
  }
  const header = GgufHeader.open(library, [path]);
  if (!header) throw unreadable(path, "has a damaged or cut-off header");
  try {
    if (size < header.bytes) {
      throw unreadable(path, `is cut off: ${header.bytes} bytes are announced, ${size} are there`);
    }
    checkKind(path, header);
    const changes = changedWeights(path, header);
    checkFit(library, { path, header, changes }, modelPath);
    const madeOf = header.text(MADE_OF);
    return { path, changes, madeOf: /^[0-9a-f]{64}$/.test(madeOf) ? madeOf : null };
  } finally {
    header.close();
  }
}

function checkKind(path: string, header: GgufHeader): void {
  const type = header.text("general.type");
  if (type === "" || type === "model") throw unreadable(path, "is a model, and no adapter");
  const kind = header.text("adapter.type");
  if (type !== "adapter" || kind !== "lora") {
    throw unreadable(path, `is no low-rank adapter (it calls itself "${kind || type}")`);
  }
  if (header.has("adapter.alora.invocation_tokens")) {
    throw unreadable(
      path,
      "is an activated adapter (aLoRA), which works only behind certain tokens, and not on every text",
    );
  }
  if (header.has(ALPHA) && !Number.isFinite(header.float(ALPHA))) {
    throw unreadable(path, `has a scale (${ALPHA}) that is no number`);
  }
}

/** Names of the weights whose pairs of matrices the file holds. */
function changedWeights(path: string, header: GgufHeader): string[] {
  const names = [...header.tensors.keys()];
  const stray = names.find((name) => !name.endsWith(MATRIX_A) && !name.endsWith(MATRIX_B));
  if (stray !== undefined) {
    throw unreadable(path, `holds ${stray}, which is no low-rank matrix and would be left out`);
  }
  const odd = names.find((name) => !TYPES.includes(header.tensors.get(name)!.type));
  if (odd !== undefined) {
    throw unreadable(
      path,
      `holds ${odd}, which is damaged, or of a type that is none of F32, F16, BF16 and Q8_0`,
    );
  }
  const all = new Set(names);
  const weights = [...new Set(names.map((name) => name.slice(0, -MATRIX_A.length)))];
  const half = weights.find((weight) => !all.has(weight + MATRIX_A) || !all.has(weight + MATRIX_B));
  if (half !== undefined) throw unreadable(path, `holds one of two matrices for ${half}`);
  if (weights.length === 0) throw unreadable(path, "changes no weights");
  return weights;
}

/** @param fault what the file is or lacks, as a sentence goes on after its name */
function unreadable(path: string, fault: string): EngineError {
  return new EngineError(
    "AdapterUnreadable",
    `${basename(path)} ${fault}. Choose a LoRA adapter in llama.cpp's GGUF format, or use the model without one.`,
  );
}
