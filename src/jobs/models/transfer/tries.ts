import { setTimeout as sleep } from "node:timers/promises";
import { durationWords } from "../../../analysis/presentation/duration";
import type { Means } from "./agent";
import { attempt, type Part } from "./attempt";
import { DownloadError, Interruption } from "./downloadError";
import type { ProgressTeller } from "./progress";
import { ATTEMPTS, LONGEST_WAIT_SECONDS, pauseAfter } from "./timing";

/**
 * Attempts until a part is whole: as many as it takes while bytes come, and {@link ATTEMPTS} in a row without one.
 * @throws DownloadError, the file system's error, or the signal's reason
 */
export async function fetchWhole(
  part: Part,
  progress: ProgressTeller,
  means: Means,
): Promise<void> {
  const { agent, signal, timing } = means;
  const onBytes = () => progress.fetching(part.file.bytes, part.record?.total ?? null);
  let most = part.file.bytes;
  let failures = 0;
  let wasReached = false;
  for (;;) {
    try {
      return await attempt(part, agent, onBytes, signal);
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      const { bytes } = part.file;
      failures = bytes > most ? 1 : failures + 1;
      wasReached ||= bytes > most || error.details.isUnreachable !== true;
      most = Math.max(most, bytes);
      const seconds = secondsToWait(error, failures, timing.pauseMs);
      if (!wasReached || failures >= ATTEMPTS || seconds > LONGEST_WAIT_SECONDS)
        throw givenUp(error, failures, seconds);
      const message = `${error.reason}; next attempt in ${Math.ceil(seconds)} s.`;
      progress.waiting(bytes, part.record?.total ?? null, message);
      await pause(seconds, signal);
    }
  }
}

function secondsToWait({ details }: Interruption, failures: number, pauseMs: number): number {
  return Math.max(details.waitSeconds ?? 0, pauseAfter(failures, pauseMs) / 1000);
}

function givenUp({ kind, reason, advice }: Interruption, failures: number, seconds: number) {
  const times = failures > 1 ? ` ${failures} times in a row` : "";
  const wait = seconds > LONGEST_WAIT_SECONDS ? ` It asks to wait ${durationWords(seconds)}.` : "";
  return new DownloadError(kind, `${reason}${times}.${wait} ${advice}`);
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(1000 * seconds, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
