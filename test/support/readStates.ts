/** Hidden states that an engine has written, read back. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../src/analysis/statistics/random";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { StatesRows, StatesWindow } from "../../src/engine/states";

export interface States {
  readonly rows: StatesRows[];
  /** `[layer][row][dimension]`, layers in the order that was asked for. */
  readonly values: Float64Array[][];
}

/** Fails where the file is not as large as its shape says. */
export async function statesOf(
  engine: Engine,
  model: LoadedModel,
  windows: readonly StatesWindow[],
  layers: readonly number[],
): Promise<States> {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-states-"));
  try {
    const request = { model: model.id, windows, layers, path: join(folder, "states") };
    const rows: StatesRows[] = [];
    const file = await engine.states(request, (row) => rows.push(row));
    const bytes = readFileSync(file.path);
    if (bytes.length !== layers.length * file.rows * file.dimensions * 2) {
      throw new Error(`${bytes.length} bytes are no ${JSON.stringify(file)}.`);
    }
    const row = (number: number) =>
      Float64Array.from({ length: file.dimensions }, (_, i) =>
        fromHalf(bytes.readUInt16LE((number * file.dimensions + i) * 2)),
      );
    const values = layers.map((_, place) =>
      Array.from({ length: file.rows }, (_, i) => row(place * file.rows + i)),
    );
    return { rows, values };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tokens of a text without meaning, none of them a control token of a test model. */
export function inventedTokens(length: number, seed: number): Int32Array {
  const random = seededRandom(seed + 1);
  return Int32Array.from({ length }, () => 10 + Math.floor(random() * 400));
}

/** A half-precision number (IEEE 754 binary16). */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : fraction * 2 ** -24);
}

/** The nearest half-precision number below 65,504, of equally near ones the even one. */
export function nearestHalf(value: number): number {
  const step = 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 10, -24);
  const steps = value / step;
  const below = Math.floor(steps);
  const isUp = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) * step;
}
