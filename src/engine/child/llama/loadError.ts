import { existsSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../errors";

/**
 * Turns what llama.cpp logged into a named error.
 * @param device that the model was to be loaded onto, `CPU` or a GPU's name
 */
export function loadError(path: string, logged: string, device: string): EngineError {
  const file = basename(path);
  if (!existsSync(path)) {
    return new EngineError(
      "FileVanished",
      `There is no file ${path} any more. Choose another model.`,
    );
  }
  if (/unknown model architecture|unsupported model architecture/.test(logged)) {
    const name = /architecture: '([^']*)'/.exec(logged)?.[1] ?? "unknown";
    return new EngineError(
      "UnsupportedArchitecture",
      `${file} is of the architecture "${name}", which llama.cpp v0.5.0 does not know. Choose another model, or update Twinlens.`,
    );
  }
  if (/unknown (pre-)?tokenizer|vocabulary|vocab/.test(logged)) {
    return new EngineError(
      "UnsupportedTokenizer",
      `llama.cpp v0.5.0 can't read the tokenizer of ${file}: ${reason(logged)}. Choose another model, or update Twinlens.`,
    );
  }
  if (/file bounds|corrupted|incomplete|failed to read|unexpectedly reached end/.test(logged)) {
    return new EngineError(
      "Truncated",
      `${file} is damaged or cut off. Download or copy the model again.`,
    );
  }
  if (/unable to allocate|failed to allocate|bad_alloc|out of memory/.test(logged)) {
    return new EngineError(
      "OutOfMemory",
      device === "CPU"
        ? `There is not enough memory to load ${file}. Close other programs, or choose a smaller model.`
        : `There is not enough memory on ${device} to load ${file}. Close other programs, choose a smaller model, or use the processor (twinlens.gpu: "off", --cpu).`,
    );
  }
  return new EngineError(
    "LoadFailed",
    `llama.cpp can't load ${file}: ${reason(logged)}. Download or convert it again, or choose another model.`,
  );
}

/** The last line that gives a reason, without its function's name: the very last only says that loading failed. */
export function reason(logged: string): string {
  const lines = logged.trim().split("\n");
  const informative = lines.findLast((line) => line !== "" && !/failed to load model$/.test(line));
  const said = informative?.replace(/^[\w:]+: (error loading model: )?/, "").replace(/\.$/, "");
  return said || "no reason given";
}
