import koffi from "koffi";
import { EngineError, noDistribution } from "../../errors";
import { EvalCallback } from "./abi";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";

const FLOAT_BYTES = 4;

/** Names that llama.cpp's graphs have for the embeddings of tokens; each has one of them. */
const EMBEDDINGS = ["embd", "inp_embd", "model.embed_tokens", "model.input_embed"] as const;

/** Names that the output of layer `layer`, counted from 1, may have; of 0: the embeddings of tokens. */
function tensorNames(layer: number): readonly string[] {
  return layer === 0 ? EMBEDDINGS : [`l_out-${layer - 1}`];
}

/** Which rows of a decode are taken. */
export interface CapturedRows {
  /** Positions that are decoded … */
  readonly positions: number;
  /** … of which the last ones have logits: of the last layer llama.cpp computes no others. */
  readonly withLogits: number;
  /** Positions `first .. end` are taken; each has logits. */
  readonly first: number;
  readonly end: number;
}

/** Gets the states of a layer, given by its place among the wanted ones: 16-bit floats, `[row][dimension]`, valid during the call. */
export type TakeStates = (place: number, states: Uint16Array) => void;

/** What is taken of a decode, and what has come of it. */
interface Capturing {
  readonly rows: CapturedRows;
  readonly take: TakeStates;
  /** Places of layers that have been taken. */
  readonly taken: Set<number>;
  failure: Error | null;
}

/**
 * Takes the states of some layers out of what llama.cpp computes, by its callback for tensors: it calls JavaScript, so that
 * whatever decodes meanwhile must do so in the event loop.
 */
export class StateCapture {
  /** For `createContext`. */
  readonly callback: ReturnType<typeof koffi.register>;
  private readonly places: ReadonlyMap<string, number>;
  private readonly floats: Float32Array;
  private readonly halves: Uint16Array;
  private current: Capturing | null = null;

  /**
   * @param layers counted from 1; 0: the embeddings
   * @param mostRows taken of a decode, at most
   */
  constructor(
    private readonly library: Library,
    private readonly model: Pick<NativeModel, "name" | "architecture" | "shape">,
    private readonly layers: readonly number[],
    mostRows: number,
  ) {
    this.places = new Map(
      layers.flatMap((layer, place) => tensorNames(layer).map((name) => [name, place] as const)),
    );
    this.floats = new Float32Array(mostRows * model.shape.dimensions);
    this.halves = new Uint16Array(this.floats.length);
    this.callback = koffi.register(
      (tensor: Pointer, ask: boolean) => this.hear(tensor, ask),
      koffi.pointer(EvalCallback),
    );
  }

  /**
   * Runs a decode, and hands out its states.
   * @throws EngineError `NoHiddenStates` where a layer's did not appear, `NoDistribution` where they are not numbers; what `take` throws
   */
  during(rows: CapturedRows, take: TakeStates, decode: () => void): void {
    const current: Capturing = { rows, take, taken: new Set(), failure: null };
    this.current = current;
    try {
      decode();
    } finally {
      this.current = null;
    }
    if (current.failure !== null) throw current.failure;
    const missing = this.layers.find((_, place) => !current.taken.has(place));
    if (missing !== undefined) throw unknownLayer(this.model, missing);
  }

  dispose(): void {
    koffi.unregister(this.callback);
  }

  /** Whether a tensor is wanted, at first; then it is computed. An error would not find its way through llama.cpp. */
  private hear(tensor: Pointer, ask: boolean): boolean {
    const { current } = this;
    if (current === null || current.failure !== null) return false;
    const place = this.places.get(this.library.ggml_get_name(tensor) as string);
    if (place === undefined || ask) return place !== undefined;
    try {
      this.read(tensor, place, current);
    } catch (error) {
      current.failure = error as Error;
    }
    return true;
  }

  private read(tensor: Pointer, place: number, { rows, take, taken }: Capturing): void {
    const { library, floats, halves } = this;
    const { dimensions } = this.model.shape;
    const rowBytes = dimensions * FLOAT_BYTES;
    const skipped = skippedRows(rows, Number(library.ggml_nbytes(tensor)) / rowBytes);
    if (skipped === null) return;
    const count = rows.end - rows.first;
    library.ggml_backend_tensor_get(tensor, floats, skipped * rowBytes, count * rowBytes);
    library.ggml_fp32_to_fp16_row(floats, halves, count * dimensions);
    const states = halves.subarray(0, count * dimensions);
    if (!saturate(states)) throw noDistribution(this.model.name);
    take(place, states);
    taken.add(place);
  }
}

/** Rows of a tensor before the first that is taken; null: it is not one of states. */
function skippedRows(rows: CapturedRows, tensorRows: number): number | null {
  if (tensorRows === rows.positions) return rows.first;
  if (tensorRows === rows.withLogits) return rows.first - (rows.positions - rows.withLogits);
  return null;
}

/** Bits of a 16-bit float without its sign: infinite, and the largest number. Those above the infinite one are no numbers. */
const INFINITE = 0x7c00;
const LARGEST = 0x7bff;
const SIGN = 0x8000;

/** Replaces infinite numbers by the largest; false: something is no number. */
function saturate(halves: Uint16Array): boolean {
  for (let i = 0; i < halves.length; i++) {
    const bits = halves[i]!;
    const size = bits & ~SIGN;
    if (size < INFINITE) continue;
    if (size > INFINITE) return false;
    halves[i] = (bits & SIGN) | LARGEST;
  }
  return true;
}

function unknownLayer(
  { name, architecture }: Pick<NativeModel, "name" | "architecture">,
  layer: number,
): EngineError {
  const what = layer === 0 ? "the embeddings (layer 0)" : `the output of layer ${layer}`;
  return new EngineError(
    "NoHiddenStates",
    `llama.cpp does not say where ${what} of ${name} can be read: it names no such tensor for the architecture "${architecture}". Choose another layer, or a model of another architecture.`,
  );
}
