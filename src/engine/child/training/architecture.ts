import { basename } from "node:path";
import { EngineError } from "../../errors";
import type { GgufHeader } from "../llama/ggufHeader";
import type { NativeModel } from "../llama/model";
import type { Rope } from "./network";

/** How architectures turn positions; in all else those known here differ only in the tensors that they have. */
const ROPE_MODES: Readonly<Record<string, Rope["mode"]>> = {
  llama: 0,
  qwen2: 2,
  qwen3: 2,
  olmo2: 2,
};

/** What a transformer of the Llama family is built of, beside its weights. */
export interface Architecture {
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly keyHeads: number;
  /** Dimensions of a head. */
  readonly headSize: number;
  /** Of the norms. */
  readonly epsilon: number;
  readonly rope: Rope;
}

/** @throws EngineError `Untrainable` where the architecture is not known here, or a setting of it */
export function architectureOf(model: NativeModel, header: GgufHeader): Architecture {
  const { architecture: name, trainedContext } = model;
  const mode = ROPE_MODES[name];
  if (mode === undefined) {
    const known = Object.keys(ROPE_MODES).join(", ");
    throw untrainable(model, `is of the architecture ${name}; those known are ${known}`);
  }
  const count = (key: string) => header.count(`${name}.${key}`);
  const float = (key: string) => header.float(`${name}.${key}`);
  const { layers, dimensions } = model.shape;
  const heads = count("attention.head_count");
  const epsilon = float("attention.layer_norm_rms_epsilon");
  if (heads === undefined || epsilon === undefined) {
    throw untrainable(model, "does not say how many heads it has, or how its norms are made");
  }
  const scaling = header.text(`${name}.rope.scaling.type`) || "none";
  if (scaling !== "none" && scaling !== "linear") {
    throw untrainable(model, `stretches positions in a way that is not known (${scaling})`);
  }
  const headSize = count("attention.key_length") ?? dimensions / heads;
  return {
    layers,
    heads,
    keyHeads: count("attention.head_count_kv") ?? heads,
    headSize,
    epsilon,
    rope: {
      dimensions: count("rope.dimension_count") ?? headSize,
      mode,
      trainedContext,
      base: float("rope.freq_base") ?? 10000,
      scale: scaling === "linear" ? 1 / (float("rope.scaling.factor") || 1) : 1,
    },
  };
}

/** @param reason completes "The model …" */
export function untrainable({ path }: NativeModel, reason: string): EngineError {
  return new EngineError(
    "Untrainable",
    `${basename(path)} can't be adapted here: it ${reason}. Choose another model.`,
  );
}
