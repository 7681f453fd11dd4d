import type { Pair } from "../../formats/study/study";
import type { StudyResult } from "../../formats/study/studyResult";
import { readResult, readStudy, type StudyAt } from "../../jobs/study/studyFiles";
import type { Configuration } from "../../protocol/configuration";
import { RESULTS_FILE } from "../../protocol/studyFileNames";
import { failure } from "../connection/responses";

/** What there is of a study. */
export interface StudyFiles {
  /** null: there are results alone. */
  readonly at: StudyAt | null;
  /** null: nothing is measured. */
  readonly result: StudyResult | null;
}

/**
 * @param file of the study, or of its results
 * @throws ResponseError where there is no study, StudyFileError, ResultFileError, the file system's error
 */
export async function readFiles(file: string, pair: Pair): Promise<StudyFiles> {
  if (RESULTS_FILE.test(file)) return { at: null, result: await readResult(file) };
  const at = await readStudy(file, pair).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? failure(`There is no study ${file} any more.`) : error;
  });
  return { at, result: await readResult(at.resultFile) };
}

/** The editor's name of the pair that is embedded, and the command line's, so that both know each other's results. */
const EMBEDDED = { editor: "Embedded pair", study: "embedded pair" } as const;

/** What is measured where a study names no pair; a pair that lacks a model has one stage, or none. */
export function pairInUse({ pair: { name, base, rlhf } }: Configuration): Pair {
  const stages = Object.entries({ base, rlhf }).flatMap(([stage, chosen]) =>
    chosen === null ? [] : [{ name: stage, ...chosen }],
  );
  return { name: name === EMBEDDED.editor ? EMBEDDED.study : name, stages };
}
