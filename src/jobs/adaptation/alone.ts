import { EngineError } from "../../engine/errors";
import { takeLock } from "../models/transfer/lock";

/** One program works towards a file at a time. @throws EngineError `FileUnreadable` where another one does */
export async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(`${file}.lock`, file, "written").catch((error: unknown) => {
    throw error instanceof Error ? new EngineError("FileUnreadable", error.message) : error;
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
