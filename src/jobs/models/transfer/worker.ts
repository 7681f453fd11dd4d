/** The worker thread that fetches files: as many at once as it is asked for. */
import { workerData } from "node:worker_threads";
import type { Dispatcher } from "undici";
import { answerThread, messageOf } from "../../answerThread";
import { createAgent } from "./agent";
import { askFile } from "./askFile";
import { DownloadError, type DownloadErrorKind, ended } from "./downloadError";
import { digestThread } from "./fileDigests";
import { fetchFile } from "./fetchFile";
import type { Timing } from "./timing";
import type { FetchedFile, RemoteFile, TransferProgress, WantedFile } from "./transfer";

interface AskedFile {
  readonly url: string;
  readonly token: string | null;
}

interface FetchParams {
  /** Who is stopped by `stop`. */
  readonly job: number;
  readonly file: WantedFile;
}

/** `kind` null: an error that nobody has foreseen. */
export interface TransferFailure {
  readonly kind: DownloadErrorKind | null;
  readonly message: string;
}

export type TransferCalls = typeof CALLS;

const timing = workerData as Timing;
const jobs = new Map<number, AbortController>();
let agent: Dispatcher | null = null;
const digests = digestThread(new URL("./digest.mjs", import.meta.url));

const CALLS = {
  ask(
    { url, token }: AskedFile,
    _emit: (event: never) => void,
    signal: AbortSignal,
  ): Promise<RemoteFile> {
    return askFile(url, token, (agent ??= createAgent(timing)), signal);
  },

  /** Fails when it is stopped, once everything received is with the system. */
  async fetch(
    { job, file }: FetchParams,
    emit: (now: TransferProgress) => void,
  ): Promise<FetchedFile> {
    const controller = new AbortController();
    jobs.set(job, controller);
    try {
      agent ??= createAgent(timing);
      return await fetchFile(file, emit, { agent, digests, timing, signal: controller.signal });
    } finally {
      jobs.delete(job);
    }
  },

  stop({ job }: Pick<FetchParams, "job">): void {
    jobs.get(job)?.abort(ended());
  },
};

answerThread(CALLS, failureOf);

function failureOf(error: unknown): TransferFailure {
  if (error instanceof DownloadError) return { kind: error.kind, message: error.message };
  return { kind: null, message: messageOf(error) };
}
