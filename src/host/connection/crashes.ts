/** With this many crashes within {@link CRASH_PERIOD_MS}, the server is no longer restarted automatically. */
const CRASH_LIMIT = 3;
const CRASH_PERIOD_MS = 60_000;

/** Counts crashes: `crashed` says whether to restart at once or to leave it to the user. */
export function createCrashCounter(now: () => number): { crashed(): "restart" | "stop" } {
  let crashes: readonly number[] = [];
  return {
    crashed() {
      const time = now();
      crashes = [...crashes.filter((earlier) => time - earlier < CRASH_PERIOD_MS), time];
      return crashes.length < CRASH_LIMIT ? "restart" : "stop";
    },
  };
}
