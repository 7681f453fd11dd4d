import { runningProcesses } from "./processes";
import type { Workbench } from "./workbench";

/** Ids of the workbench's processes whose command line contains `script`, for instance `engine.mjs`. */
export function processIds({ server }: Workbench, script: string): number[] {
  return runningProcesses()
    .filter(({ group, command }) => group === server.pid && command.includes(script))
    .map(({ id }) => id);
}
