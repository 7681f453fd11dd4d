import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";

/** Names of the files of a cell's rounds; no name that a study has given is in them. */
export interface TradeoffFiles {
  readonly weights: (round: number, kind: TrainedWeightsKind) => string;
  readonly checkpoint: (round: number) => string;
  readonly journal: (round: number) => string;
  /** What one program at a time works towards. */
  readonly all: string;
  /** Removes all of them but the lock. */
  readonly clear: () => Promise<void>;
}

/** @param dependsOn digest of what the cell depends on */
export function tradeoffFiles(folder: string, dependsOn: string): TradeoffFiles {
  const digest = createHash("sha256").update(dependsOn).digest("hex").slice(0, 12);
  const start = `${digest}-round-`;
  const all = join(folder, `${digest}-rounds`);
  return {
    weights: (round, kind) => `${start}${round}-${kind === "all" ? "model" : "adapter"}.gguf`,
    checkpoint: (round) => join(folder, `${start}${round}.checkpoint`),
    journal: (round) => join(folder, `${start}${round}.jsonl`),
    all,
    async clear() {
      const names = await readdir(folder);
      const ours = names.filter((name) => name.startsWith(start));
      for (const name of ours) await rm(join(folder, name), { force: true });
    },
  };
}
