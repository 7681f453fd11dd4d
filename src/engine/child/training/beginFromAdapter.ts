import type { LowRank } from "../../training";
import { ALPHA, MATRIX_A, MATRIX_B } from "../llama/adapterKeys";
import type { Backend } from "../llama/backend";
import { GgufHeader } from "../llama/ggufHeader";
import type { NativeModel } from "../llama/model";
import type { Tensors } from "../llama/tensors";
import { untrainable } from "./architecture";
import type { Parameter } from "./parameter";
import { readFloats, sizeOf } from "./weights";

/**
 * Puts the matrices of a model's adapter, where it has one, into those that are trained; the weights that it does not change keep
 * what their matrices hold.
 * @throws EngineError `Untrainable` where the adapter is not of this rank and alpha, or changes a weight that none does here;
 * `OutOfMemory`, `FileUnreadable`
 */
export async function beginFromAdapter(
  model: NativeModel,
  { rank, alpha }: LowRank,
  parameters: ReadonlyMap<string, Parameter>,
  tensors: Tensors,
  processor: Backend,
): Promise<void> {
  const { adapter } = model;
  if (adapter === null) return;
  const fault = (text: string) => untrainable(model, `has an adapter ${text}`);
  const header = GgufHeader.open(tensors.backend.library, [adapter.path]);
  if (!header) throw fault("that can't be read any more");
  try {
    const theirs = header.float(ALPHA);
    if (theirs !== Math.fround(alpha)) throw fault(`of alpha ${theirs ?? "rank"}, not ${alpha}`);
    for (const weight of adapter.changes) {
      for (const name of [weight + MATRIX_A, weight + MATRIX_B]) {
        const parameter = parameters.get(name);
        if (!parameter) throw fault(`that changes ${weight}, which is not trained here`);
        const shaped = header.tensors.get(name);
        if (!shaped) throw fault("whose file has changed");
        const { length, height } = sizeOf(shaped);
        if (length !== parameter.length || height !== parameter.height) {
          throw fault(`of another rank than ${rank}`);
        }
        await readFloats(processor, shaped, (values, place) => {
          tensors.write(parameter.tensor, values, place);
        });
      }
    }
  } finally {
    header.close();
  }
}
