import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { StatesFile } from "../../src/engine/states";
import { toHalf } from "./weights";

/** Writes a file of states as an engine does: layer after layer, `[row][dimension]`, rounded to 16-bit floats. */
export function writeStates(
  path: string,
  layers: Readonly<Record<number, Float32Array>>,
  dimensions: number,
): StatesFile {
  const file = openSync(path, "w");
  for (const values of Object.values(layers)) {
    writeSync(file, Uint16Array.from(values, toHalf));
  }
  closeSync(file);
  const [first] = Object.values(layers);
  const rows = first!.length / dimensions;
  return { path, layers: Object.keys(layers).map(Number), rows, dimensions };
}

/** A layer's states, `[row][dimension]`. */
export function readStates(
  { path, layers, rows, dimensions }: StatesFile,
  layer: number,
): Float32Array {
  const bytes = readFileSync(path);
  const start = layers.indexOf(layer) * rows * dimensions;
  return Float32Array.from({ length: rows * dimensions }, (_, i) =>
    fromHalf(bytes.readUInt16LE((start + i) * 2)),
  );
}

/** A finite 16-bit float (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const size = (bits & 1023) / 1024 + (exponent > 0 ? 1 : 0);
  return (bits & 0x8000 ? -size : size) * 2 ** (Math.max(exponent, 1) - 15);
}
