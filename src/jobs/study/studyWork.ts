/** What the steps of a study have of it while it is measured. */
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { LoadOptions } from "../../engine/engine";
import { isCancelled } from "../../engine/errors";
import type { Study } from "../../formats/study/study";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import type { EngineInUse } from "../models/heldModels";
import type { RunAnalyser } from "../runs/workerClient";
import type { Surveyed } from "./planStudy";
import type { Analysers } from "./samples/analysers";
import { SampleRuns } from "./samples/sampleRuns";
import type { StudyPace } from "./studyPace";
import type { WindowJournal } from "./windowJournal";

export interface StudyRequest {
  readonly study: Study;
  /** From which the paths of corpora count. */
  readonly folder: string;
  /** What was measured before; null: nothing. */
  readonly known: StudyResult | null;
  /** Measured this time; others keep what is known. */
  readonly measures: readonly Measure[];
  readonly engines: EngineInUse;
  /** A thread that aligns samples. */
  readonly startAnalyser: () => RunAnalyser;
  /** Where runs of the samples that are compared are kept; null: nowhere, and no bits of anchors are measured. */
  readonly runsFolder: string | null;
  /** Where what models are trained to is kept; null: nowhere. */
  readonly adaptersFolder: string | null;
  readonly options: Pick<LoadOptions, "gpu" | "threads">;
  /** SHA-256 of the model at a path. */
  readonly digest: (model: ChosenModel) => Promise<string>;
  readonly twinlensVersion: string;
  readonly listener: StudyListener;
  /** Resolves once all results that the listener knows are on disk. Not there: they are not kept. */
  readonly save?: () => Promise<void>;
  /** null: what a crash ends is measured again. */
  readonly journal: WindowJournal | null;
  readonly signal: AbortSignal;
}

export interface StudyListener {
  /** There is more: the cells are those of the result at this time, and are changed in place. */
  readonly onResult: (result: StudyResult) => void;
  readonly onProgress: (progress: StudyPace) => void;
  /** What did not keep the study from going on. */
  readonly onWarning: (message: string) => void;
  /** A pair, a corpus, or a pair on a corpus (`placeName`) could not be measured; the others go on. */
  readonly onFailure: (what: string, error: Error) => void;
}

/** A study while it is measured. */
export interface StudyWork {
  readonly request: StudyRequest;
  readonly surveyed: Surveyed;
  readonly result: StudyResult;
  readonly progress: StudyPace;
  readonly analysers: Analysers;
}

/** Tells of more. */
export function tellerOf({ request, result, progress }: StudyWork): () => void {
  return () => {
    progress.moved();
    request.listener.onResult(result);
  };
}

export function runsOf({ request }: StudyWork): SampleRuns {
  return new SampleRuns(request.runsFolder, request.listener.onWarning);
}

/** Whether a cell is measured this time. */
export function isWanted({ measures }: StudyRequest): (cell: ResultCell) => boolean {
  return ({ measure }) => measures.includes(measure);
}

/** null: it failed, which was told. @throws EngineError `Cancelled` */
export async function attempt<T>(
  { onFailure }: StudyListener,
  what: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    onFailure(what, error);
    return null;
  }
}
