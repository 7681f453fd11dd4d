import { type EngineError, isTextFault } from "../../engine/errors";

/** What comes of work on one text, or why the text could not be worked on. @throws what is no fault of the text */
export async function orTextFault<T>(work: () => Promise<T>): Promise<T | EngineError> {
  try {
    return await work();
  } catch (error) {
    if (isTextFault(error)) return error;
    throw error;
  }
}
