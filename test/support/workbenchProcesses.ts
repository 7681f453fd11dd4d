import { readdirSync, readFileSync } from "node:fs";
import type { Workbench } from "./workbench";

/** Ids of the workbench's processes whose command line contains `script`, for instance `engine.mjs` (Linux). */
export function processIds({ server }: Workbench, script: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((id) => id > 0 && groupOf(id) === server.pid && commandOf(id).includes(script));
}

function groupOf(id: number): number | null {
  // "id (name) state parent group …"; the name may hold blanks and parentheses.
  const afterName = read(`/proc/${id}/stat`).split(") ").at(-1);
  return Number(afterName?.split(" ")[2]);
}

function commandOf(id: number): string {
  return read(`/proc/${id}/cmdline`).replaceAll("\0", " ");
}

/** Empty where the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
