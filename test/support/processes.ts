import { readdirSync, readFileSync } from "node:fs";

/** A process as `/proc` shows it (Linux). */
export interface ProcessEntry {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** All processes that run; what has ended and waits for its parent to notice is none of them. */
export function runningProcesses(): ProcessEntry[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((id) => id > 0)
    .flatMap((id) => entryOf(id) ?? []);
}

/** Ids of a process's engines, oldest first. */
export function enginesOf(parent: number): number[] {
  return runningProcesses()
    .filter((entry) => entry.parent === parent && entry.command.includes("engine.mjs"))
    .map(({ id }) => id);
}

export function isRunning(id: number): boolean {
  return entryOf(id) !== null;
}

function entryOf(id: number): ProcessEntry | null {
  try {
    // "id (name) state parent group …"; the name may hold blanks and parentheses.
    const afterName = readFileSync(`/proc/${id}/stat`, "utf8").split(") ").at(-1)!;
    const [state, parent, group] = afterName.split(" ");
    if (state === "Z" || state === "X") return null;
    const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
    return { id, parent: Number(parent), group: Number(group), command };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}
