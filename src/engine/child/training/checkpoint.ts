import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../errors";
import { reading } from "../../modelFiles";
import type { TrainingMeasurement, TrainingPiece, TrainRequest } from "../../training";
import { GgufHeader, type ShapedTensor } from "../llama/ggufHeader";
import type { Library, Pointer } from "../llama/library";
import { readInto } from "../llama/readInto";
import { type NamedTensor, writeGgufFile } from "./ggufFile";

const KEY = "twinlens.training";
const VERSION = 2;

/** How far training has come. */
export interface Progress {
  /** Of each step that was taken. */
  readonly losses: number[];
  readonly measurements: TrainingMeasurement[];
  /** The step whose weights are written, and what chose it; null: none is. */
  best: { readonly step: number; readonly loss: number } | null;
}

/** Writes all that training needs to go on. @throws EngineError `FileUnreadable` */
export function writeCheckpoint(
  library: Library,
  path: string,
  request: string,
  progress: Progress,
  tensors: readonly NamedTensor[],
): void {
  const measurements = progress.measurements.map(({ step, choose, report }) => ({
    step,
    choose: [...choose],
    report: [...report],
  }));
  const text = JSON.stringify({ version: VERSION, request, ...progress, measurements });
  const fill = (gguf: Pointer) => {
    library.gguf_set_val_str(gguf, KEY, text);
  };
  writeGgufFile(library, path, fill, tensors);
}

/**
 * Puts what a checkpoint holds into tensors; null: there is none.
 * @throws EngineError `CheckpointUnreadable` where it is damaged or of another request
 */
export function readCheckpoint(
  library: Library,
  path: string,
  request: string,
  tensors: readonly NamedTensor[],
): Progress | null {
  if (!existsSync(path)) return null;
  const header = open(library, path);
  try {
    const progress = parse(header.text(KEY), path, request);
    const file = reading(path, () => openSync(path, "r"));
    try {
      for (const { name, tensor, bytes } of tensors) {
        const values = valuesOf(file, path, header.tensors.get(name), bytes);
        library.ggml_backend_tensor_set(tensor, values, 0, bytes);
      }
    } finally {
      closeSync(file);
    }
    return progress;
  } finally {
    header.close();
  }
}

/** What a checkpoint belongs to: the settings, the model with its adapter, and every token. */
export function requestDigest(
  request: TrainRequest,
  modelStamp: string,
  adapterSha256: string | null,
): string {
  const { weights, learningRate, weightDecay, seed, length, interval, modelSha256 } = request;
  const settings = { weights, learningRate, weightDecay, seed, length, interval };
  const model = [modelSha256 ?? modelStamp, adapterSha256];
  const hash = createHash("sha256").update(JSON.stringify([settings, ...model]));
  const add = (pieces: readonly TrainingPiece[]) => {
    hash.update(Int32Array.of(pieces.length));
    for (const { tokens, scoredStart } of pieces) {
      hash.update(Int32Array.of(tokens.length, scoredStart)).update(tokens);
    }
  };
  hash.update(Int32Array.of(request.steps.length));
  for (const step of request.steps) {
    hash.update(Int32Array.of(step.length));
    for (const { pieces } of step) add(pieces);
  }
  add(request.choose);
  add(request.report);
  return hash.digest("hex");
}

function open(library: Library, path: string): GgufHeader {
  const header = GgufHeader.open(library, [path]);
  if (!header) throw unreadable(path, "is damaged");
  return header;
}

function parse(text: string, path: string, request: string): Progress {
  let kept: Partial<Progress & { readonly version: unknown; readonly request: unknown }> | null;
  try {
    kept = JSON.parse(text || "{}") as typeof kept;
  } catch {
    throw unreadable(path, "is damaged");
  }
  const { version, losses, measurements, best = null } = kept ?? {};
  if (version !== VERSION || !Array.isArray(losses) || !Array.isArray(measurements)) {
    throw unreadable(path, "is none of Twinlens, or of another version of it");
  }
  if (kept?.request !== request) {
    throw unreadable(path, "belongs to another model, other texts, or other settings");
  }
  return {
    losses,
    measurements: measurements.map(({ step, choose, report }) => ({
      kind: "measured",
      step,
      choose: Float64Array.from(choose),
      report: Float64Array.from(report),
    })),
    best,
  };
}

function valuesOf(
  file: number,
  path: string,
  kept: ShapedTensor | undefined,
  bytes: number,
): Uint8Array {
  if (kept?.bytes !== bytes) throw unreadable(path, "is damaged");
  const values = new Uint8Array(bytes);
  try {
    readInto(file, path, values, kept.offset);
  } catch {
    throw unreadable(path, "is cut off");
  }
  return values;
}

function unreadable(path: string, reason: string): EngineError {
  return new EngineError(
    "CheckpointUnreadable",
    `The checkpoint ${basename(path)} ${reason}. Delete it to begin anew, or go on with what it was written for.`,
  );
}
