import { basename } from "node:path";
import { formatBytes } from "../../../analysis/presentation/format";
import { EngineError } from "../../errors";
import { availableMemory, RESERVE_BYTES } from "../../freeMemory";
import type { ChosenModel } from "../../../protocol/modelIdentity";
import { modelBytes, statAdapter } from "../../modelFiles";

/** A model below this share of the free memory is sure to fit, so its header need not be read … */
const OBVIOUS_SHARE = 1 / 4;
/** … in a window of usual length, tokens: even GPT-2's keys and values are then about twice its weights in 4 bits. */
const OBVIOUS_TOKENS = 4096;

/**
 * Estimates from the file's header what a model, its adapter and its context need, and refuses when the machine can't give it.
 * With a GPU, both memories together are compared with what is free in both; of what fits, the GPU may still hold too
 * little, which ends the load.
 * @param contextTokens tokens in the cache of keys and values, all sequences together
 * @throws EngineError `OutOfMemory`
 */
export async function checkMemory(
  { path, adapter }: ChosenModel,
  contextTokens: number,
  useGpu: boolean,
): Promise<void> {
  const free = availableMemory();
  const adapterBytes = adapter === null ? 0 : statAdapter(adapter).size;
  const bytes = modelBytes(path) + adapterBytes;
  const isSmall = contextTokens <= OBVIOUS_TOKENS && bytes < free * OBVIOUS_SHARE;
  if (isSmall && !useGpu) return;
  const { readGgufFileInfo, GgufInsights, getLlama, LlamaLogLevel } =
    await import("node-llama-cpp");
  const info = await readGgufFileInfo(path, { sourceType: "filesystem", logWarnings: false });
  const llama = await getLlama({
    build: "never",
    logLevel: LlamaLogLevel.error,
    ...(useGpu ? {} : { gpu: false as const }),
  });
  const insights = await GgufInsights.from(info, llama);
  const gpuLayers = useGpu ? insights.totalLayers : 0;
  const model = await insights.estimateModelResourceRequirementsV2({ gpuLayers });
  const context = await insights.estimateContextResourceRequirementsV2({
    contextSize: contextTokens,
    modelGpuLayers: gpuLayers,
    batchSize: 512,
  });
  const video = useGpu ? (await llama.getVramState()).free : 0;
  const needed = model.cpuRam + model.gpuVram + adapterBytes + context.cpuRam + context.gpuVram;
  if (needed + RESERVE_BYTES > free + video) {
    throw new EngineError(
      "OutOfMemory",
      `${basename(path)} needs about ${formatBytes(needed)} with its context, ${formatBytes(free + video)} are free. Close other programs, unload other models, choose a smaller window (twinlens.window), or a smaller model.`,
    );
  }
}
