import { availableParallelism } from "node:os";
import { cancelled } from "../../engine/errors";
import { RESULT_VERSION, type StudyResult } from "../../formats/study/studyResult";
import { inOrder } from "./cells";
import {
  type PairWork,
  planPair,
  planRecorded,
  type RecordedWork,
  type Surveyed,
  unplanned,
} from "./planStudy";
import { runPair } from "./runPair";
import { Analysers } from "./samples/analysers";
import { surveyPrompts, surveySamples } from "./samples/promptSets";
import { measureRecorded } from "./samples/recordedPass";
import { StudyPace } from "./studyPace";
import {
  attempt,
  isWanted,
  runsOf,
  type StudyRequest,
  type StudyWork,
  tellerOf,
} from "./studyWork";
import { surveyCorpus } from "./survey";

/**
 * Measures what is not known yet: pair by pair, and corpus by corpus. What one pair or corpus fails at concerns no other.
 * @returns the result, whose cells may be incomplete after failures
 * @throws EngineError `Cancelled`
 */
export async function runStudy(request: StudyRequest): Promise<StudyResult> {
  const { study, listener, signal, twinlensVersion } = request;
  const surveyed = await surveyAll(request);
  const result: StudyResult = {
    format: "twinlens-study-results",
    version: RESULT_VERSION,
    twinlensVersion,
    study: study.name,
    cells: [],
  };
  const works: PairWork[] = [];
  for (const pair of study.pairs) {
    const work = await attempt(listener, pair.name, () => planPair(request, pair, surveyed));
    if (work !== null) works.push(work);
  }
  const recorded = surveyed.recorded.flatMap((set) => planRecorded(request, set) ?? []);
  const planned = [...works.flatMap(({ cells }) => cells), ...recorded.map(({ cell }) => cell)];
  result.cells = inOrder(study, [...planned, ...unplanned(request, planned, works)]);
  listener.onResult(result);
  const progress = new StudyPace(study, planned.filter(isWanted(request)), listener.onProgress);
  const analysers = new Analysers(request.startAnalyser, availableParallelism());
  const running: StudyWork = { request, surveyed, result, progress, analysers };
  try {
    for (const work of recorded) await runRecorded(running, work);
    for (const work of works) {
      await attempt(listener, work.pair.name, () => runPair(running, work));
      if (signal.aborted) throw cancelled();
    }
  } finally {
    await analysers.dispose();
  }
  return result;
}

/** All that a study reads, but for what can't be read, which is told. */
async function surveyAll({ study, folder, listener, signal }: StudyRequest): Promise<Surveyed> {
  const surveyEach = async <
    Place extends { readonly name: string },
    Read extends { readonly warnings: readonly string[] },
  >(
    places: readonly Place[],
    survey: (place: Place) => Promise<Read>,
  ) => {
    const found: Read[] = [];
    for (const place of places) {
      const read = await attempt(listener, place.name, () => survey(place));
      if (read === null) continue;
      read.warnings.forEach((warning) => listener.onWarning(`${place.name}: ${warning}`));
      found.push(read);
    }
    return found;
  };
  return {
    corpora: await surveyEach(study.corpora, (corpus) => surveyCorpus(corpus, folder, signal)),
    prompts: await surveyEach(study.prompts, (set) => surveyPrompts(set, folder)),
    recorded: await surveyEach(study.recorded, (set) => surveySamples(set, folder)),
  };
}

async function runRecorded(running: StudyWork, { surveyed, cell }: RecordedWork): Promise<void> {
  const { request, analysers } = running;
  if (cell.isComplete || !isWanted(request)(cell)) return;
  await attempt(request.listener, cell.corpus, () =>
    measureRecorded({
      cell,
      surveyed,
      analysers,
      runs: runsOf(running),
      hasChance: request.study.samples.chance,
      onDone: tellerOf(running),
      signal: request.signal,
    }),
  );
}
