import { basename } from "node:path";
import { EngineError } from "../../errors";
import { modelFiles } from "../../modelFiles";
import { MATRIX_A, MATRIX_B } from "./adapterKeys";
import { GgufHeader, type ShapedTensor } from "./ggufHeader";
import type { Library } from "./library";

/** Embeddings are looked up, so that their matrices stand the other way round. */
const EMBEDDINGS = "token_embd.weight";
/** What makes logits of states; models without it take the embeddings once more. */
export const OUTPUT = "output.weight";

/** An adapter whose file was looked at. */
interface ReadAdapter {
  readonly path: string;
  readonly header: GgufHeader;
  /** Names of the weights that it changes. */
  readonly changes: readonly string[];
}

/**
 * Holds an adapter's matrices against the weights that they are added to.
 * @throws EngineError `AdapterMismatch`
 */
export function checkFit(
  library: Library,
  { path, header, changes }: ReadAdapter,
  modelPath: string,
): void {
  const fault = (text: string) => mismatch(path, modelPath, text);
  const model = GgufHeader.open(library, modelFiles(modelPath));
  if (!model) throw fault(`${basename(modelPath)} can't be read any more`);
  try {
    const architecture = "general.architecture";
    const [ours, theirs] = [header.text(architecture), model.text(architecture)];
    if (ours !== theirs) {
      throw fault(`it is of the architecture "${ours}", the model of "${theirs}"`);
    }
    for (const name of changes) {
      const found = weightFault(header, model, name);
      if (found !== null) throw fault(found);
    }
  } finally {
    model.close();
  }
}

/** What keeps the matrices of a weight from being added to it; null: nothing. */
function weightFault(adapter: GgufHeader, model: GgufHeader, name: string): string | null {
  const weight = model.tensors.get(name);
  if (!weight) return `the model has no ${name}`;
  if (name === EMBEDDINGS && !model.tensors.has(OUTPUT)) {
    return `it changes ${name}, which is the model's output matrix as well, and llama.cpp can't add to both`;
  }
  const [a, b] = [MATRIX_A, MATRIX_B].map((end) => adapter.tensors.get(name + end)!) as [
    ShapedTensor,
    ShapedTensor,
  ];
  if (name === EMBEDDINGS ? embeddingsFit(a, b, weight) : fits(a, b, weight)) return null;
  return `its matrices for ${name} (${sizes(a)} and ${sizes(b)}) do not give ${sizes(weight)}`;
}

/** Whether B times A is as the weight: a product for each expert where there are several. */
function fits(a: ShapedTensor, b: ShapedTensor, weight: ShapedTensor): boolean {
  const [length, rows, ...more] = weight.dimensions;
  const rank = b.dimensions[0]!;
  return rank > 0 && isOf(a, [length!, rank, ...more]) && isOf(b, [rank, rows!, ...more]);
}

function embeddingsFit(a: ShapedTensor, b: ShapedTensor, weight: ShapedTensor): boolean {
  const [length, rows, ...more] = weight.dimensions;
  const rank = b.dimensions[0]!;
  return rank > 0 && isOf(a, [rank, rows!, ...more]) && isOf(b, [rank, length!, ...more]);
}

function isOf({ dimensions }: ShapedTensor, wanted: readonly number[]): boolean {
  return dimensions.every((size, i) => size === wanted[i]);
}

/** `64 × 8` */
function sizes({ dimensions }: ShapedTensor): string {
  const used = dimensions.findLastIndex((size) => size !== 1) + 1;
  return dimensions.slice(0, Math.max(2, used)).join(" × ");
}

/** @param fault what does not go together, as a sentence goes on after a colon */
export function mismatch(path: string, modelPath: string, fault: string): EngineError {
  return new EngineError(
    "AdapterMismatch",
    `The adapter ${basename(path)} can't be added to ${basename(modelPath)}: ${fault}. Choose the model that it was made of, or another adapter.`,
  );
}
