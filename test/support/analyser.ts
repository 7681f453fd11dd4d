import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import { type AnalysedRun, toAnalysedRun } from "../../src/cli/output/anchors";
import { alignRuns } from "../../src/jobs/runs/alignRuns";
import { analyseRole, anchorsOf, type RoleAnalysis } from "../../src/jobs/runs/analysis";
import { chanceOf } from "../../src/jobs/runs/chance";
import { RunWork } from "../../src/jobs/runs/runWork";
import type { RunAnalyser } from "../../src/jobs/runs/workerClient";
import type { Run } from "../../src/formats/run";

/** What the worker thread does, in the thread of the test. */
export function localAnalyser(): RunAnalyser {
  const analyses = new Map<string, RoleAnalysis>();
  return {
    analyse(role, aligner, run) {
      const analysis = analyseRole(run)!;
      analyses.set(`${aligner} ${role}`, analysis);
      return Promise.resolve(analysis.view);
    },
    anchors(role, aligner, options) {
      const analysis = analyses.get(`${aligner} ${role}`);
      return Promise.resolve(analysis ? anchorsOf(analysis, options) : null);
    },
    chance: (of) => Promise.resolve(chanceOf(of)),
    dispose: () => Promise.resolve(),
  };
}

/** Work on a run that nobody follows and nothing keeps. */
export function workOn(run: Run): RunWork {
  return new RunWork(run, {
    analyser: localAnalyser(),
    anchors: DEFAULT_ANCHORS,
    tell: () => undefined,
    save: () => Promise.resolve(),
  });
}

/** Runs as `twinlens anchors` analyses them. */
export async function analysedRuns(runs: readonly Run[]): Promise<AnalysedRun[]> {
  const works = runs.map(workOn);
  await alignRuns(works, new AbortController().signal);
  return works.map(toAnalysedRun);
}
