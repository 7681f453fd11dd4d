import { cancelled } from "../../engine/errors";
import type { RunSide } from "../../formats/run";
import type {
  SamplesChoice,
  SamplesFile,
  SamplesOfPrompt,
  SamplesSurvey,
} from "../../protocol/sampleFiles";
import { type AlignmentThread, alignmentThread } from "./alignmentThread";

/** Files of samples, read in a thread that ends with the work: a file of megabytes keeps nobody waiting. */
export interface SampleFiles {
  /** What a file holds of samples; null: it is a run's file. */
  survey(file: SamplesFile, signal: AbortSignal): Promise<SamplesSurvey | null>;
  /** Writes a run for each chosen prompt that has samples. @returns their files; after a cancel some may be there */
  importRuns(choice: SamplesChoice, signal: AbortSignal): Promise<string[]>;
  /** The samples that one prompt has of a group. */
  take(samples: SamplesOfPrompt): Promise<RunSide>;
}

/**
 * Every call rejects with what is wrong with the file, what the file system has against it, or EngineError `Cancelled`.
 * @param script the worker's file, `dist/alignment.mjs`
 */
export function sampleFiles(script: string | URL): SampleFiles {
  const inThread = async <T>(
    work: (thread: AlignmentThread) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const thread = alignmentThread(script);
    const onAbort = () => void thread.end();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await work(thread);
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await thread.end();
    }
  };
  return {
    survey: (file, signal) => inThread((thread) => thread.call("surveySamples", file), signal),
    importRuns: (choice, signal) => inThread((thread) => thread.call("importRuns", choice), signal),
    take: (samples) => inThread((thread) => thread.call("takeSamples", samples)),
  };
}
