import { freemem } from "node:os";

/** Memory left to everything else. */
export const RESERVE_BYTES = 256 * 2 ** 20;

/** Memory that this process may still take, bytes; within a container's limit where Node knows it. */
export function availableMemory(): number {
  const limited = process as NodeJS.Process & { availableMemory?: () => number };
  return limited.availableMemory?.() ?? freemem();
}
