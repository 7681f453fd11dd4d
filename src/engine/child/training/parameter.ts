import type { Pointer } from "../llama/library";
import type { Size } from "./weights";

/** A matrix that is trained, of 32-bit floats. */
export interface Parameter extends Size {
  readonly tensor: Pointer;
}

const FLOAT_BYTES = 4;

export function parameterBytes({ length, height }: Parameter): number {
  return length * height * FLOAT_BYTES;
}
