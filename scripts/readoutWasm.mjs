// Compiles the readout kernel; used by the build and by the tests.
import asc from "assemblyscript/asc";

/** @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function compileReadout() {
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let wasm;
  const { error, stderr } = await asc.main(
    [
      "src/engine/child/readout/wasm/kernel.ts",
      "--outFile",
      "readout.wasm",
      "--enable",
      "simd",
      "--runtime",
      "stub",
      "--importMemory",
      "--optimizeLevel",
      "3",
      "--noAssert",
    ],
    {
      writeFile: (_name, contents) => {
        wasm = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString());
  return wasm;
}
