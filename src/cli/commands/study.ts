import { mkdir } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { durationWords } from "../../analysis/presentation/duration";
import { visibleText } from "../../analysis/presentation/format";
import { modelAt, modelDigest } from "../../engine/modelFiles";
import { resolveStudy } from "../../formats/study/resolveStudy";
import type { Study } from "../../formats/study/study";
import type { StudyResult } from "../../formats/study/studyResult";
import { type Measure, studySchema } from "../../formats/study/studySchema";
import { runStudy } from "../../jobs/study/runStudy";
import { startAnalyser } from "../../jobs/runs/workerClient";
import {
  readResult,
  readStudy,
  ResultSaver,
  adaptersFolderOf,
  runsFolderOf,
  type StudyAt,
} from "../../jobs/study/studyFiles";
import type { StudyPace } from "../../jobs/study/studyPace";
import { saveFile } from "../../jobs/store/saveFile";
import { studyReport } from "../../report/study/studyReport";
import { toHtml } from "../../report/studyReport/studyHtml";
import { toMarkdown } from "../../report/studyReport/studyMarkdown";
import type { ChosenModels } from "../arguments/modelPaths";
import { studiedPair } from "../arguments/studiedPair";
import type { StudyOptions } from "../arguments/studyArguments";
import { ExitCode, UsageError } from "../exit";
import { orFault } from "../input/orFault";
import { Problems } from "../output/problems";
import { createProgress } from "../output/progress";
import { toStudyCsv, toStudyTable } from "../output/study";
import { Engines } from "../../engine/local/engines";
import type { EngineSurroundings } from "./surroundings";

/** What the command needs from outside. */
export interface StudySurroundings extends EngineSurroundings {
  readonly version: string;
  /** The aligning threads' file, `dist/alignment.mjs`. */
  readonly analyserScript: string;
}

/**
 * Runs a study, and writes what it has found.
 * @param models the pair of a study that names none
 * @returns the exit code
 */
export async function study(
  options: StudyOptions,
  models: ChosenModels,
  surroundings: StudySurroundings,
): Promise<number> {
  const { messages, engineScript, gpuFolder, analyserScript, version, signal } = surroundings;
  const at = await studyOf(options, models);
  const measures = measuresOf(options, at.study);
  const { resultFile } = at;
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const engines = new Engines({ script: engineScript, gpuFolder });
  const saver =
    resultFile === null
      ? null
      : new ResultSaver(resultFile, (error) => problems.note(resultFile, error));
  try {
    const result = await runStudy({
      study: at.study,
      folder: at.folder,
      known:
        resultFile === null || options.fresh
          ? null
          : await orFault(resultFile, readResult(resultFile)),
      measures,
      engines,
      startAnalyser: () => startAnalyser(analyserScript),
      runsFolder: resultFile === null ? null : runsFolderOf(resultFile),
      adaptersFolder: resultFile === null ? null : adaptersFolderOf(resultFile),
      options: { gpu: options.gpu, threads: options.threads },
      digest: (model) => modelDigest(modelAt(model)),
      twinlensVersion: version,
      listener: {
        onResult: (found) => saver?.changed(found),
        onProgress: (pace) => progress.show(paceText(pace), pace.fraction),
        onWarning: (message) => problems.warn(message),
        onFailure: (what, error) => problems.note(what, error),
      },
      ...(saver && { save: () => saver.save() }),
      journal: saver?.journal ?? null,
      signal,
    }).finally(() => saver?.finish());
    progress.clear();
    await write(result, at, options, surroundings);
    return problems.count > 0 ? ExitCode.Failure : ExitCode.Success;
  } finally {
    progress.clear();
    engines.dispose();
  }
}

/** @throws UsageError where the study does not ask for what is to be measured */
function measuresOf({ measures }: StudyOptions, { measures: all }: Study): readonly Measure[] {
  if (measures === null) return all;
  const others = measures.filter((measure) => !all.includes(measure));
  if (others.length > 0) {
    throw new UsageError(
      `The study measures ${all.join(", ")}, and not ${others.join(", ")}, which its "measures" would have to name.`,
    );
  }
  return measures;
}

interface StudyToRun extends Omit<StudyAt, "resultFile"> {
  /** null: results are not kept. */
  readonly resultFile: string | null;
}

async function studyOf(options: StudyOptions, models: ChosenModels): Promise<StudyToRun> {
  const pair = studiedPair(options, models);
  if (options.file !== null) {
    const at = await orFault(options.file, readStudy(options.file, pair));
    return options.out === null ? at : { ...at, resultFile: options.out };
  }
  const corpora = options.corpora.map((path) => ({ name: path, paths: path }));
  const file = studySchema.parse({
    version: 1,
    preset: "paper",
    corpora,
    measures: options.measures ?? undefined,
  });
  const name = options.corpora.map((path) => basename(path)).join(", ");
  return {
    study: resolveStudy(file, name, pair, resolve),
    folder: resolve("."),
    resultFile: options.out,
  };
}

function paceText({ secondsLeft }: StudyPace): string {
  return secondsLeft === null ? "Measuring" : `Measuring, ${durationWords(secondsLeft)} left`;
}

async function write(
  result: StudyResult,
  { study, folder }: StudyToRun,
  { format, report }: StudyOptions,
  { print, messages }: StudySurroundings,
): Promise<void> {
  switch (format) {
    case "json":
      return print(`${JSON.stringify(result, null, 2)}\n`);
    case "csv":
      return print(toStudyCsv(result));
    case "table":
      return print(toStudyTable(studyReport(result, study)));
    case "html":
      return print(toHtml(studyReport(result, study)));
    case "markdown": {
      const into = report ?? join(folder, `${study.name}-report`);
      const { text, files } = toMarkdown(studyReport(result, study), ".");
      await mkdir(into, { recursive: true });
      for (const { name: file, svg } of files) await saveFile(join(into, file), svg);
      await saveFile(join(into, "README.md"), text);
      messages.write(
        `twinlens: The report is ${visibleText(relative(".", join(into, "README.md")))}.\n`,
      );
    }
  }
}
