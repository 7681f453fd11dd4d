/**
 * The worker thread: aligns samples and finds anchors, and keeps both models' alignments for the next options. Chance
 * levels, which take the time of many alignments, and files of samples have threads of their own.
 */
import { setPriority } from "node:os";
import type { ChanceDraws } from "../../analysis/samples/chance";
import type { Aligner, AlignmentView, AnchorsView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { Role } from "../../protocol/roles";
import { answerThread, messageOf } from "../answerThread";
import { type AlignableRun, analyseRole, anchorsOf, type RoleAnalysis } from "./analysis";
import { chanceOf, type ChanceOf } from "./chance";
import { importRuns, surveySamples, takeSamples } from "./sampleFile";

/** Whose samples, and which program aligns them. */
interface Which {
  readonly role: Role;
  readonly aligner: Aligner;
}

interface AnalyseParams extends Which {
  readonly run: AlignableRun;
  /** Its first element becomes 1 when the answer is no longer wanted: a message would be read only afterwards. */
  readonly stop: Int32Array;
}

export type AlignmentCalls = typeof CALLS;

const analyses = new Map<`${Aligner} ${Role}`, RoleAnalysis>();

const CALLS = {
  /** Aligns a model's samples unless `run` has an alignment; emits 0 .. 1. Null: stopped. */
  analyse(
    { run, stop, ...which }: AnalyseParams,
    emit: (fraction: number) => void,
  ): AlignmentView | null {
    const key = keyOf(which);
    analyses.delete(key);
    const analysis = analyseRole(run, {
      shouldStop: () => Atomics.load(stop, 0) === 1,
      onProgress: emit,
    });
    if (analysis !== null) analyses.set(key, analysis);
    return analysis?.view ?? null;
  },

  /** Anchors of samples analysed before; null: they were not. */
  anchors({ options, ...which }: Which & { readonly options: AnchorOptions }): AnchorsView | null {
    const analysis = analyses.get(keyOf(which));
    return analysis ? anchorsOf(analysis, options) : null;
  },

  /** Draws a chance level of overlap; emits 0 .. 1. Null: there is none. */
  chance(of: ChanceOf, emit: (fraction: number) => void): ChanceDraws | null {
    giveWay();
    return chanceOf(of, emit);
  },

  surveySamples,
  importRuns,
  takeSamples,
};

answerThread(CALLS, messageOf);

function keyOf({ aligner, role }: Which) {
  return `${aligner} ${role}` as const;
}

/** Lets whatever else there is to do go first. Only Linux has priorities of threads: elsewhere it would be the whole process's. */
function giveWay(): void {
  if (process.platform === "linux") setPriority(BACKGROUND);
}

/** The "nice" value of work that nobody waits for, -20 .. 19. */
const BACKGROUND = 10;
