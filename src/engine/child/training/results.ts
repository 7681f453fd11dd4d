/** What training leaves in files. */
import type { TrainRequest } from "../../training";
import { ALPHA, MADE_OF } from "../llama/adapterKeys";
import { GgufHeader } from "../llama/ggufHeader";
import type { Library, Pointer } from "../llama/library";
import type { NativeModel } from "../llama/model";
import { type NamedTensor, writeGgufFile } from "./ggufFile";
import { type Parameter, parameterBytes } from "./parameter";

/** `LLAMA_FTYPE_ALL_F32`. */
const ALL_F32 = 0;

/** Keys that a copy has no use for: of a model in parts, and of how tensors were laid out. */
const KEYS_LEFT = ["split.no", "split.count", "split.tensors.count", "general.alignment"];

/** Parameters by name, for a file. */
export function namedTensors(parameters: ReadonlyMap<string, Parameter>): NamedTensor[] {
  return Array.from(parameters, ([name, parameter]) => {
    return { name, tensor: parameter.tensor, bytes: parameterBytes(parameter) };
  });
}

/** Writes what was trained: an adapter as llama.cpp reads it, or a model of 32-bit floats. @throws EngineError `FileUnreadable` */
export function writeResult(
  library: Library,
  model: NativeModel,
  { weights, out, modelSha256 }: Pick<TrainRequest, "weights" | "out" | "modelSha256">,
  tensors: readonly NamedTensor[],
): void {
  if (weights !== "all") {
    const fill = (gguf: Pointer) => {
      const text = (key: string, value: string) => {
        library.gguf_set_val_str(gguf, key, value);
      };
      text("general.type", "adapter");
      text("general.architecture", model.architecture);
      text("adapter.type", "lora");
      library.gguf_set_val_f32(gguf, ALPHA, weights.alpha);
      if (modelSha256 !== null) text(MADE_OF, modelSha256);
    };
    writeGgufFile(library, out, fill, tensors);
    return;
  }
  const header = GgufHeader.ofModel(library, model.path);
  try {
    const fill = (gguf: Pointer) => {
      library.gguf_set_kv(gguf, header.handle);
      for (const key of KEYS_LEFT) library.gguf_remove_key(gguf, key);
      library.gguf_set_val_u32(gguf, "general.file_type", ALL_F32);
    };
    writeGgufFile(library, out, fill, tensors);
  } finally {
    header.close();
  }
}
