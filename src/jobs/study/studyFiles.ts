/** Where a study and its results lie. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseStudy } from "../../formats/study/parseStudy";
import { resolveStudy } from "../../formats/study/resolveStudy";
import type { Pair, Study } from "../../formats/study/study";
import { parseResult, serializeResult, type StudyResult } from "../../formats/study/studyResult";
import { ADAPTERS_ENDING, RUNS_ENDING, STUDY_FILE } from "../../protocol/studyFileNames";
import { createSaver, type Saver } from "../runs/saver";
import { saveFile } from "../store/saveFile";
import { WindowJournal } from "./windowJournal";

const RESULT_ENDING = ".twinlens-results.json";

/** A study, and the folder from which its paths count. */
export interface StudyAt {
  readonly study: Study;
  readonly folder: string;
  /** Of its results. */
  readonly resultFile: string;
}

/** The results of a study lie beside it. */
export function resultFileOf(studyFile: string): string {
  return join(dirname(studyFile), `${studyName(studyFile)}${RESULT_ENDING}`);
}

/** The runs of samples lie beside the results. */
export function runsFolderOf(resultFile: string): string {
  return beside(resultFile, RUNS_ENDING);
}

/** What models were trained to as well. */
export function adaptersFolderOf(resultFile: string): string {
  return beside(resultFile, ADAPTERS_ENDING);
}

function beside(resultFile: string, ending: string): string {
  const name = basename(resultFile).replace(/(?:\.twinlens-results)?\.json$/u, "");
  return join(dirname(resultFile), `${name}${ending}`);
}

export function studyName(studyFile: string): string {
  return basename(studyFile).replace(STUDY_FILE, "");
}

/**
 * @param embedded the pair that is measured where the file names none
 * @throws StudyFileError, the file system's error
 */
export async function readStudy(studyFile: string, embedded: Pair): Promise<StudyAt> {
  const file = parseStudy(await readFile(studyFile, "utf8"));
  const folder = resolve(dirname(studyFile));
  const study = resolveStudy(file, studyName(studyFile), embedded, (path) => resolve(folder, path));
  return { study, folder, resultFile: resultFileOf(studyFile) };
}

/** null: there is none yet. @throws ResultFileError, the file system's error */
export async function readResult(file: string): Promise<StudyResult | null> {
  try {
    return parseResult(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Saves results while they grow. */
export class ResultSaver {
  private result: StudyResult | null = null;
  /** Of what the results do not have yet. */
  readonly journal: WindowJournal;
  private readonly saver: Saver;

  /** @param onFailure called when they could not be written while the study goes on */
  constructor(file: string, onFailure: (error: unknown) => void) {
    this.journal = new WindowJournal(file);
    this.saver = createSaver(async () => {
      if (this.result === null) return;
      const saved = this.journal.saving();
      await saveFile(file, serializeResult(this.result));
      saved();
    }, onFailure);
  }

  /** @param result changes in place */
  changed(result: StudyResult): void {
    this.result = result;
    this.saver.changed();
  }

  /** Writes what was not written yet. @throws the file system's error */
  save(): Promise<void> {
    return this.saver.finish();
  }

  /** As {@link save}, when there will be no more. */
  async finish(): Promise<void> {
    await this.save();
    if (this.result?.cells.every(({ isComplete }) => isComplete)) this.journal.remove();
  }
}
