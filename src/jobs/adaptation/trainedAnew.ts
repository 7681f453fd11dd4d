import { rm } from "node:fs/promises";
import { EngineError } from "../../engine/errors";

/**
 * Trains, and begins anew where a checkpoint is of another version, or damaged: it is of no use any more.
 * @param onAnew is told why
 * @throws EngineError as of `train`
 */
export async function trainedAnew<T>(
  checkpoint: string,
  train: () => Promise<T>,
  onAnew: (reason: EngineError) => void,
): Promise<T> {
  try {
    return await train();
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "CheckpointUnreadable")) throw error;
    onAnew(error);
    await rm(checkpoint, { force: true });
    return train();
  }
}
