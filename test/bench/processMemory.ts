import { readdirSync, readFileSync } from "node:fs";

/** Processes that a process has started, where there is `/proc`. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => statusOf(other, "PPid") === pid);
}

/** Memory that a process shares with nobody; files are not in it. */
export function privateMegabytes(pid: number): number {
  return statusOf(pid, "RssAnon") / 1024;
}

/** 0 where the process has ended. */
function statusOf(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
