/** What the host tells the study panel of a study that is half done. */
import type { StudyReport } from "../../src/protocol/studyFigure";
import type { StudyCellView, StudyProgress, ToStudy } from "../../src/protocol/studyPanel";
import { studyReport } from "../support/studyFigures";

export type ShowStudy = Extract<ToStudy, { readonly type: "show" }>;

const models = ["embedded twins, base", "embedded twins, RLHF"];
const corpora = ["Wikipedia", "arXiv abstracts", "OASST1"];
const measures = ["perplexity", "concentration", "self-perplexity"];

/** Every kind of state; of 18 cells, 10 are measured, 9 of them now. */
export function someCells(): readonly StudyCellView[] {
  let place = 0;
  const state = (): StudyCellView["state"] => {
    place++;
    if (place === 1) return { kind: "cached" };
    if (place <= 10) return { kind: "done" };
    if (place === 11) return { kind: "failed", reason: "OASST1: line 17 is not JSON." };
    return place === 12 ? { kind: "running", fraction: 0.42 } : { kind: "waiting" };
  };
  return models.flatMap((model) =>
    corpora.flatMap((corpus) =>
      measures.map((measure) => ({ model, corpus, measure, state: state() })),
    ),
  );
}

export const idle: StudyProgress = {
  running: false,
  fraction: null,
  secondsLeft: null,
  what: null,
};

export const running: StudyProgress = {
  running: true,
  fraction: 0.58,
  secondsLeft: 90,
  what: "perplexity of OASST1 under embedded twins, RLHF",
};

export function someStudy(change: Partial<ShowStudy> = {}): ShowStudy {
  return {
    type: "show",
    uri: "file:///work/quick.twinlens-study.yaml",
    title: "quick",
    cells: someCells(),
    report: studyReport(),
    progress: running,
    ...change,
  };
}

export function withFigures(figures: StudyReport["figures"]): StudyReport {
  return { ...studyReport(), figures };
}
