import koffi from "koffi";
import { modelName } from "../../../analysis/presentation/modelName";
import type { ChosenModel } from "../../../protocol/modelIdentity";
import { BLOCK } from "../../blocks";
import { fileDigest, statAdapter } from "../../modelFiles";
import { EvalCallback } from "./abi";
import { type AdapterHeader, inspectAdapter } from "./adapterFile";
import { mismatch } from "./adapterFit";
import type { OpenedBuild } from "./builds";
import { createContext } from "./context";
import { decodeError } from "./decodeError";
import { inspectGguf } from "./gguf";
import type { Library, Pointer } from "./library";
import { reason } from "./loadError";
import { freeModel, loadModel, type NativeAdapter, type NativeModel } from "./model";

/**
 * Loads a model with its adapter, whose file is looked at first.
 * @throws EngineError as of `loadModel`, `AdapterUnreadable`, `AdapterMismatch`
 */
export async function loadChosen(
  build: OpenedBuild,
  { path, adapter }: ChosenModel,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<NativeModel> {
  if (adapter === null) return loadModel(build, path, onProgress, signal);
  inspectGguf(build.library, path);
  const header = inspectAdapter(build.library, adapter, path);
  const model = await loadModel(build, path, onProgress, signal);
  try {
    return await addAdapter(build, model, header);
  } catch (error) {
    freeModel(build.library, model);
    throw error;
  }
}

/** @throws EngineError `AdapterMismatch` where llama.cpp can't add it, or leaves out a part of it; `OutOfMemory` */
async function addAdapter(
  { library, log }: OpenedBuild,
  model: NativeModel,
  { path, changes, madeOf }: AdapterHeader,
): Promise<NativeModel> {
  const facts = { sha256: await fileDigest(path), madeOf, isOfAnother: false };
  log.listen();
  const handle = library.llama_adapter_lora_init(model.handle, path) as Pointer | null;
  if (!handle) throw mismatch(path, model.path, `llama.cpp says "${reason(log.errors())}"`);
  const adapter: NativeAdapter = { handle, path, bytes: statAdapter(path).size, changes, facts };
  const adapted = { ...model, name: modelName(model.name, path), adapter };
  try {
    const added = countComputed(library, adapted) - countComputed(library, model);
    if (added < COMPUTED_FOR_EACH * changes.length) {
      throw mismatch(
        path,
        model.path,
        "it changes weights that llama.cpp adds nothing to in this architecture, and would leave out",
      );
    }
    return adapted;
  } catch (error) {
    library.llama_adapter_lora_free(handle);
    throw error;
  }
}

/** Tensors that llama.cpp computes for each weight: two products, a scaling and a sum. */
const COMPUTED_FOR_EACH = 4;

/** Tensors that are computed for a token. @throws EngineError `OutOfMemory` */
function countComputed(library: Library, model: NativeModel): number {
  let count = 0;
  const callback = koffi.register((_: Pointer, ask: boolean) => {
    if (ask) count++;
    return false;
  }, koffi.pointer(EvalCallback));
  const shape = {
    sequences: 1,
    tokensPerSequence: BLOCK,
    maxBatch: 1,
    threads: 1,
    attention: "plain",
  } as const;
  try {
    const context = createContext(library, model, shape, callback);
    try {
      const { batch } = context;
      [batch.token[0], batch.position[0], batch.sequence[0], batch.wantsLogits[0]] = [0, 0, 0, 1];
      const status = batch.decode(context.handle, 1);
      if (status !== 0) throw decodeError(status);
      return count;
    } finally {
      context.dispose();
    }
  } finally {
    koffi.unregister(callback);
  }
}
