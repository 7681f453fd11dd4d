import { closeSync, openSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../errors";
import { reading } from "../../modelFiles";
import { GgufHeader, type ShapedTensor } from "../llama/ggufHeader";
import { readInto } from "../llama/readInto";
import type { Library, Pointer } from "../llama/library";
import type { NativeModel } from "../llama/model";
import { F32, type Tensors } from "../llama/tensors";
import { cost, type Work } from "./work";

const FLOAT_BYTES = 4;
/** Of the output matrix that is read at a time, bytes. */
const CHUNK_BYTES = 16 * 2 ** 20;

/** Writes a tensor of a file into one of a device. */
type Fill = (tensors: Tensors, work: Work) => Promise<void>;

/**
 * What a model makes of its last layer's states, by the names that GGUF files use: a norm, the output matrix (or the one of embeddings
 * once more), and what is added. Whether the model does nothing else there has to be tried.
 */
export class Head {
  private readonly fills: Fill[] = [];

  private constructor(
    private readonly dimensions: number,
    readonly vocabularySize: number,
    private readonly rowBytes: number,
    private readonly norm: { readonly isRootMeanSquare: boolean; readonly epsilon: number },
    private readonly output: ShapedTensor,
    /** Those that the files have. */
    private readonly vectors: ReadonlyMap<string, ShapedTensor>,
  ) {}

  /** @throws EngineError `NoHiddenStates` where files name no head of this form, `FileUnreadable` */
  static of(library: Library, model: NativeModel): Head {
    const { path, architecture, vocabulary } = model;
    const { dimensions } = model.shape;
    const rms = `${architecture}.attention.layer_norm_rms_epsilon`;
    const layer = `${architecture}.attention.layer_norm_epsilon`;
    const header = GgufHeader.ofModel(library, path);
    const { tensors } = header;
    const output = tensors.get("output.weight") ?? tensors.get("token_embd.weight");
    const rootMeanSquare = header.float(rms);
    const epsilon = rootMeanSquare ?? header.float(layer);
    header.close();
    const size = vocabulary.attributes.length;
    const rowBytes = output && Number(library.ggml_row_size(output.type, dimensions));
    const isWhole = output?.bytes === size * (rowBytes ?? 0);
    if (!output || !rowBytes || !isWhole || epsilon === undefined) throw unknownHead(model);
    const vectors = new Map(
      VECTORS.flatMap((name) => {
        const vector = tensors.get(name);
        return vector ? [[name, vector] as const] : [];
      }),
    );
    for (const [name, { type, bytes }] of vectors) {
      const length = name === "output.bias" ? size : dimensions;
      if (type !== F32 || bytes !== length * FLOAT_BYTES) throw unknownHead(model);
    }
    const norm = { isRootMeanSquare: rootMeanSquare !== undefined, epsilon };
    return new Head(dimensions, size, rowBytes, norm, output, vectors);
  }

  /** Logits of the last layer's states, the last token first; `fill` has to follow once there is memory. */
  logits(tensors: Tensors, states: Pointer): Pointer {
    const { dimensions, vocabularySize, output, norm } = this;
    const vector = (name: (typeof VECTORS)[number], length: number, isReversed: boolean) => {
      const from = this.vectors.get(name);
      if (!from) return null;
      const tensor = tensors.vector(length);
      this.fills.push((on) => {
        const values = readValues(from);
        on.write(tensor, isReversed ? values.reverse() : values);
        return Promise.resolve();
      });
      return tensor;
    };
    let result = norm.isRootMeanSquare
      ? tensors.rootMeanSquareNormalised(states, norm.epsilon)
      : tensors.normalised(states, norm.epsilon);
    const weight = vector("output_norm.weight", dimensions, false);
    if (weight) result = tensors.times(result, weight);
    const bias = vector("output_norm.bias", dimensions, false);
    if (bias) result = tensors.plus(result, bias);
    const matrix = tensors.matrix(dimensions, vocabularySize, output.type);
    this.fills.push((on, work) => this.fillReversed(on, matrix, work));
    result = tensors.product(matrix, result);
    const added = vector("output.bias", vocabularySize, true);
    return added ? tensors.plus(result, added) : result;
  }

  /** Puts the weights into the tensors. @throws EngineError `FileUnreadable`, `Cancelled` */
  async fill(tensors: Tensors, work: Work): Promise<void> {
    for (const fill of this.fills) await fill(tensors, work);
  }

  /** Writes the rows of the output matrix, the last first. */
  private async fillReversed(tensors: Tensors, matrix: Pointer, work: Work): Promise<void> {
    const { output, vocabularySize, rowBytes, dimensions } = this;
    const most = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
    for (let start = 0; start < vocabularySize; start += most) {
      const rows = Math.min(most, vocabularySize - start);
      const offset = output.offset + start * rowBytes;
      const bytes = readBytes({ ...output, offset, bytes: rows * rowBytes });
      const last = vocabularySize - start - rows;
      tensors.write(matrix, reversedRows(bytes, rowBytes), last * rowBytes);
      await work.step(headCost(rows, dimensions));
    }
  }
}

const VECTORS = ["output_norm.weight", "output_norm.bias", "output.bias"] as const;

/** Of reading it. */
export function headCost(vocabularySize: number, dimensions: number): number {
  return cost.pass(vocabularySize, dimensions) / 10;
}

export function unknownHead({ architecture, path }: NativeModel): EngineError {
  return new EngineError(
    "NoHiddenStates",
    `How ${basename(path)} makes tokens of its last layer's states is not known here (the head of ${architecture}). Choose another model for Future Lens.`,
  );
}

function readValues(tensor: ShapedTensor): Float32Array {
  const bytes = readBytes(tensor);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / FLOAT_BYTES);
}

/** @throws EngineError `FileUnreadable` */
function readBytes({ path, offset, bytes }: ShapedTensor): Uint8Array {
  const read = new Uint8Array(bytes);
  const file = reading(path, () => openSync(path, "r"));
  try {
    readInto(file, path, read, offset);
    return read;
  } finally {
    closeSync(file);
  }
}

function reversedRows(bytes: Uint8Array, rowBytes: number): Uint8Array {
  const reversed = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += rowBytes) {
    reversed.set(bytes.subarray(start, start + rowBytes), bytes.length - rowBytes - start);
  }
  return reversed;
}
