import { chooseAttention } from "../../src/engine/child/llama/attention";
import { openBuild } from "../../src/engine/child/llama/builds";
import { allThreads, createContext } from "../../src/engine/child/llama/context";
import type { Pointer } from "../../src/engine/child/llama/library";
import { freeModel, loadModel } from "../../src/engine/child/llama/model";

/** Tokens decoded at a time: whole blocks, so that logits are the engine's. */
const BATCH = 512;

/**
 * All logits of a model on the processor after each of some tokens, `[token][id]`, as llama.cpp gives them: without the engine's
 * process, and without the readout.
 */
export async function wholeRows(path: string, tokens: Int32Array): Promise<Float32Array[]> {
  const build = await openBuild("off", null, () => undefined);
  const { library, device } = build;
  const model = await loadModel(build, path, () => undefined, new AbortController().signal);
  const positions = Math.ceil(tokens.length / BATCH) * BATCH;
  const context = createContext(library, model, {
    sequences: 1,
    tokensPerSequence: positions,
    maxBatch: BATCH,
    threads: allThreads(),
    attention: chooseAttention(library, device, model.headSize, false),
  });
  const size = model.vocabulary.attributes.length;
  const rows: Float32Array[] = [];
  try {
    for (let start = 0; start < positions; start += BATCH) {
      const { batch } = context;
      for (let i = 0; i < BATCH; i++) {
        batch.token[i] = tokens[start + i] ?? 0;
        batch.position[i] = start + i;
        batch.sequence[i] = 0;
        batch.wantsLogits[i] = 1;
      }
      if (batch.decode(context.handle, BATCH) !== 0) throw new Error("Not decoded.");
      const logits = new Float32Array(BATCH * size);
      library.memcpy(
        logits,
        library.llama_get_logits(context.handle) as Pointer,
        4 * logits.length,
      );
      for (let i = 0; i < BATCH; i++) rows.push(logits.subarray(i * size, (i + 1) * size));
    }
  } finally {
    context.dispose();
    freeModel(library, model);
  }
  return rows.slice(0, tokens.length);
}
