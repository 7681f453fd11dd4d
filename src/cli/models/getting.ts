import type { Readable, Writable } from "node:stream";
import { cancelled } from "../../engine/errors";
import type { Downloader } from "../../jobs/models/transfer/transfer";
import type { GetModels } from "../arguments/modelsArguments";
import type { Problems } from "../output/problems";
import type { Progress } from "../output/progress";
import type { KnownModels } from "./known";

/** One call of `twinlens models get`. */
export interface Getting {
  readonly options: GetModels;
  readonly known: KnownModels;
  /** For the hub; null: none. */
  readonly token: string | null;
  readonly downloader: Downloader;
  readonly progress: Progress;
  readonly problems: Problems;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly messages: Writable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

/** The promise's value. @throws EngineError `Cancelled` in place of whatever an abort has made it fail with */
export async function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  }
}
