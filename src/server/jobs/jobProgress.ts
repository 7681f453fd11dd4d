import type { ScoringProgress } from "../../protocol/documents";
import type { Role } from "../../protocol/roles";
import { throttle } from "./throttle";

/** Nobody can read more than ten notices per second. */
const INTERVAL_MS = 100;

/** Reports one job's progress to the host. */
export interface JobProgress {
  readonly loading: (role: Role, fraction: number) => void;
  readonly tokenizing: () => void;
  readonly scoring: (role: Role, fraction: number) => void;
  readonly end: () => void;
}

/** @param now ms; differences count only */
export function createJobProgress(
  uri: string,
  send: (progress: ScoringProgress) => void,
  now: () => number,
): JobProgress {
  let progress: ScoringProgress = {
    uri,
    phase: "loading",
    role: null,
    fraction: 0,
    secondsLeft: null,
  };
  let scoringSince: number | null = null;
  const notify = throttle(() => send(progress), INTERVAL_MS);
  const move = (next: Omit<ScoringProgress, "uri">) => {
    progress = { uri, ...next };
    notify();
  };
  return {
    loading: (role, fraction) => move({ phase: "loading", role, fraction, secondsLeft: null }),
    tokenizing() {
      scoringSince = now();
      move({ phase: "tokenizing", role: null, fraction: 0, secondsLeft: null });
    },
    scoring(role, fraction) {
      const seconds = scoringSince === null ? 0 : (now() - scoringSince) / 1000;
      const secondsLeft = fraction > 0 ? (seconds * (1 - fraction)) / fraction : null;
      move({ phase: "scoring", role, fraction, secondsLeft });
    },
    end() {
      move({ phase: "idle", role: null, fraction: 1, secondsLeft: null });
      notify.flush();
    },
  };
}
