import { existsSync, readFileSync } from "node:fs";

/** The compiled readout kernel; compiling it takes seconds, so it comes from the build. */
export function readoutWasm(): Uint8Array<ArrayBuffer> {
  const file = new URL("../../dist/readout.wasm", import.meta.url);
  if (!existsSync(file))
    throw new Error("dist/readout.wasm is missing: run `npm run build` first.");
  return Uint8Array.from(readFileSync(file));
}
