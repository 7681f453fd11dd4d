import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { runningProcesses } from "./processes";
import type { Workbench } from "./workbench";

/** Ids of the workbench's processes whose command line contains `script`, for instance `engine.mjs`. */
export function processIds({ server }: Workbench, script: string): number[] {
  return runningProcesses()
    .filter(({ group, command }) => group === server.pid && command.includes(script))
    .map(({ id }) => id);
}

/** Internet sockets that a process holds, as inode numbers: none where it has never opened a connection. */
export function internetSockets(id: number): string[] {
  const open = new Set(["tcp", "tcp6", "udp", "udp6"].flatMap((kind) => socketInodes(id, kind)));
  return readdirSync(`/proc/${id}/fd`)
    .flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${id}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        // It was closed meanwhile.
        return [];
      }
    })
    .filter((inode) => open.has(inode));
}

function socketInodes(id: number, kind: string): string[] {
  const [, ...lines] = readFileSync(`/proc/${id}/net/${kind}`, "utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/)[9]!);
}
