import {
  CONCENTRATION_KS,
  CONCENTRATION_SCALE,
  COVERAGE_THRESHOLD,
} from "../../../protocol/scores";
import type { SamplerSettings, ScoredRows } from "../../engine";

/** The columns of `ScoredRows` that a row of logits fills; up to {@link MAX_TOP_K} alternatives. */
export type RowColumns = Pick<ScoredRows, "logProbability" | "distribution" | "boundary">;

/** The columns of `Sample` that a drawn token fills. */
export interface DrawColumns {
  /** ln p under the plain softmax, nats, `[token]`. */
  readonly logProbability: Float32Array;
  /** Entropy of the plain softmax, nats, `[token]`. */
  readonly entropy: Float32Array;
  readonly rank: Uint32Array;
}

/** What is found of two rows of the same entries, `[place]`. */
export interface DivergenceColumns {
  /** Kullback-Leibler divergence of the first row's distribution from the second's, and of the second's from the first's; nats, ≥ 0. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Most probable entries, of equal ones the first. */
  readonly firstTop: Int32Array;
  readonly secondTop: Int32Array;
}

/** Reduces rows of logits to a few numbers each, in WebAssembly SIMD. One per vocabulary size and thread. */
export interface Readout {
  readonly vocabularySize: number;
  readonly rowsPerBlock: number;
  /**
   * Logits `[row][id]` of one block, a view of the kernel's memory that stays valid: the destination of a native
   * copy. NaN counts as -Infinity, +Infinity as the largest finite number (and is replaced by it).
   */
  readonly rows: Float32Array;
  /**
   * Writes the scores of `token` under row `row` into place `index` of `columns`: its log-probability, and what they have of
   * the distribution and of the summed probability of the entries that `sumOver` has chosen. A row of nothing but -Infinity
   * defines no distribution and reads as "not scored": NaN, rank 0, coverage 0.
   */
  reduce(row: number, token: number, columns: RowColumns, index: number): void;
  /**
   * Holds row `first` against row `second`, and writes what is found into place `index`. Below e^-87 of a row's most probable entry
   * an entry counts as that. Returns false, and writes nothing, where a row defines no distribution.
   */
  diverge(first: number, second: number, columns: DivergenceColumns, index: number): boolean;
  /**
   * Chooses the entries whose summed probability `reduce` writes where columns have a place for it (`boundary`).
   * @param members 1 for those, `[id]`
   */
  sumOver(members: Uint8Array): void;
  /**
   * Draws a token of row `row`, at a temperature above 0, with `uniform` from [0, 1) and writes its plain scores into place `index` of `columns`.
   * Returns the token, or -1 for a row that defines no distribution.
   */
  draw(
    row: number,
    settings: SamplerSettings,
    uniform: number,
    columns: DrawColumns,
    index: number,
  ): number;
}

/** Alternatives a token can have at most. */
export const MAX_TOP_K = 100;

/** Rows of one block, chosen so that the block and the kernel's own arrays stay in a 1 MiB second-level cache. */
export function rowsPerBlock(vocabularySize: number): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / (4 * vocabularySize)));
}

/** @param wasm `dist/readout.wasm`, as bytes or compiled */
export function createReadout(
  wasm: Uint8Array<ArrayBuffer> | WebAssembly.Module,
  vocabularySize: number,
  rowsPerBlock: number,
): Readout {
  const { kernel, memory } = instantiate(wasm);
  kernel.layOut(vocabularySize);
  const rowsStart = kernel.rowAddress(0);
  const bytes = kernel.rowAddress(rowsPerBlock);
  memory.grow(Math.ceil(bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES);

  const { buffer } = memory;
  const numbers = new Float64Array(buffer, kernel.NUMBERS.value, 2);
  const counts = new Uint32Array(buffer, kernel.COUNTS.value, 2);
  const masses = new Float64Array(buffer, kernel.MASSES.value, CONCENTRATION_KS.length);
  const members = new Int32Array(buffer, kernel.membersAddress(), vocabularySize);
  const topId = new Int32Array(buffer, kernel.TOP_ID.value, MAX_TOP_K);
  const topLogProbability = new Float32Array(buffer, kernel.TOP_LOG_PROBABILITY.value, MAX_TOP_K);
  new Int32Array(buffer, kernel.CONCENTRATION_KS.value, CONCENTRATION_KS.length).set(
    CONCENTRATION_KS,
  );

  return {
    vocabularySize,
    rowsPerBlock,
    rows: new Float32Array(buffer, rowsStart, rowsPerBlock * vocabularySize),

    sumOver(chosen) {
      for (let id = 0; id < vocabularySize; id++) members[id] = -chosen[id]!;
    },

    reduce(row, token, { logProbability, distribution, boundary }, index) {
      checkIndex(row, rowsPerBlock, "row");
      checkIndex(token, vocabularySize, "token");
      const address = kernel.rowAddress(row);
      if (distribution === null) {
        logProbability[index] = kernel.logProbability(address, token);
        if (boundary) boundary[index] = kernel.membersLogProbability();
        return;
      }
      const { topK } = distribution;
      checkIndex(topK, MAX_TOP_K + 1, "number of alternatives");
      kernel.reduce(address, token, COVERAGE_THRESHOLD, masses.length, topK);
      if (boundary) boundary[index] = kernel.membersLogProbability();
      logProbability[index] = numbers[0]!;
      distribution.entropy[index] = numbers[1]!;
      distribution.rank[index] = counts[0]!;
      distribution.coverage[index] = counts[1]!;
      const firstMass = index * masses.length;
      for (let j = 0; j < masses.length; j++) {
        distribution.concentration[firstMass + j] = Math.round(masses[j]! * CONCENTRATION_SCALE);
      }
      const firstTop = index * topK;
      for (let j = 0; j < topK; j++) {
        distribution.topId[firstTop + j] = topId[j]!;
        distribution.topLogProbability[firstTop + j] = topLogProbability[j]!;
      }
    },

    diverge(first, second, columns, index) {
      checkIndex(first, rowsPerBlock, "row");
      checkIndex(second, rowsPerBlock, "row");
      if (!kernel.diverge(kernel.rowAddress(first), kernel.rowAddress(second))) return false;
      columns.first[index] = numbers[0]!;
      columns.second[index] = numbers[1]!;
      columns.firstTop[index] = counts[0]!;
      columns.secondTop[index] = counts[1]!;
      return true;
    },

    draw(row, settings, uniform, columns, index) {
      checkIndex(row, rowsPerBlock, "row");
      const { temperature, topK, topP, minP } = settings;
      const address = kernel.rowAddress(row);
      const token = kernel.draw(address, temperature, topK, topP, minP, uniform);
      columns.logProbability[index] = numbers[0]!;
      columns.entropy[index] = numbers[1]!;
      columns.rank[index] = counts[0]!;
      return token;
    },
  };
}

/** What `wasm/kernel.ts` exports: functions, and addresses of what they leave behind. */
interface Kernel {
  layOut(vocabularySize: number): void;
  rowAddress(row: number): number;
  membersAddress(): number;
  membersLogProbability(): number;
  logProbability(row: number, token: number): number;
  reduce(
    row: number,
    token: number,
    coverageThreshold: number,
    concentrationKs: number,
    topK: number,
  ): void;
  diverge(first: number, second: number): number;
  draw(
    row: number,
    temperature: number,
    topK: number,
    topP: number,
    minP: number,
    uniform: number,
  ): number;
  /** f64: log-probability, entropy. */
  readonly NUMBERS: WebAssembly.Global<"i32">;
  /** u32: rank, coverage. */
  readonly COUNTS: WebAssembly.Global<"i32">;
  /** f64: C(k). */
  readonly MASSES: WebAssembly.Global<"i32">;
  readonly TOP_ID: WebAssembly.Global<"i32">;
  readonly TOP_LOG_PROBABILITY: WebAssembly.Global<"i32">;
  readonly CONCENTRATION_KS: WebAssembly.Global<"i32">;
}

const BLOCK_BYTES = 512 * 1024;
const PAGE_BYTES = 65536;

function instantiate(wasm: Uint8Array<ArrayBuffer> | WebAssembly.Module): {
  kernel: Kernel;
  memory: WebAssembly.Memory;
} {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
  const instance = new WebAssembly.Instance(module, {
    env: { memory, "Math.log": Math.log },
  });
  return { kernel: instance.exports as unknown as Kernel, memory };
}

function checkIndex(value: number, count: number, what: string): void {
  if (!(value >= 0 && value < count)) throw new RangeError(`No ${what} ${value} below ${count}.`);
}
