import { ROLES } from "../../protocol/roles";
import { packAlignment } from "./analysis";
import { alignByMafft } from "./mafft";
import type { RunWork } from "./runWork";

/** Aligns both models' samples and finds their anchors; after a cancel, of what there was time for. */
export async function alignRuns(works: readonly RunWork[], signal: AbortSignal): Promise<void> {
  for (const work of works) {
    for (const role of ROLES) {
      const drawn = work.run[role];
      if (!drawn || signal.aborted) continue;
      if (!(await work.analyse(role, "twinlens", drawn, signal))) return;
    }
  }
}

/**
 * Aligns both models' samples with MAFFT as well; an alignment that a run has is taken as it is.
 * @param program its path, or its name on the PATH; empty: there is none, and only what runs have is looked at
 * @throws Error where MAFFT fails
 */
export async function alignRunsByMafft(
  works: readonly RunWork[],
  program: string,
  signal: AbortSignal,
): Promise<void> {
  for (const work of works) {
    for (const role of ROLES) {
      const drawn = work.run[role];
      if (!drawn || signal.aborted) continue;
      if (drawn.mafft === null && program !== "") {
        work.report({ kind: "aligning", role, aligner: "mafft", fraction: null });
        const texts = drawn.samples.map(({ text }) => text);
        drawn.mafft = packAlignment(await alignByMafft(program, texts, signal));
        work.saver.changed();
      }
      if (drawn.mafft === null) continue;
      await work.analyse(role, "mafft", { ...drawn, alignment: drawn.mafft }, signal);
    }
  }
}
