import { readFile } from "node:fs/promises";
import { parseStudy } from "../../formats/study/parseStudy";
import { saveFile } from "../../jobs/store/saveFile";
import { readResult, resultFileOf } from "../../jobs/study/studyFiles";
import { STUDY_FILE } from "../../protocol/studyFileNames";
import { toAnnotations } from "../../report/check/annotations";
import { askedFor } from "../../report/check/askedFor";
import { type Check, type CheckedResult, checkResult } from "../../report/check/checkResult";
import { toJUnit } from "../../report/check/junit";
import { quantityRows } from "../../report/study/quantities";
import type { CheckOptions } from "../arguments/checkArguments";
import { ExitCode, Failure } from "../exit";
import { orFault } from "../input/orFault";
import { toCheckText, toQuantityCsv, toQuantityJson, toQuantityTable } from "../output/check";

/**
 * Holds results of studies against thresholds, or lists their numbers.
 * @param print resolves when the text was taken
 * @returns the exit code
 */
export async function check(
  options: CheckOptions,
  print: (text: string) => Promise<void>,
): Promise<number> {
  const results: CheckedResult[] = [];
  for (const file of options.files) results.push(await resultAt(file));
  const named = withNames(results, options.files);
  if (options.work === "list") {
    const studies = named.map(({ name, result }) => ({ name, rows: quantityRows(result) }));
    await print(LISTS[options.format](studies));
    return ExitCode.Success;
  }
  const checks = named.flatMap((one) =>
    options.thresholds.map((threshold) => checkResult(one, threshold, options.allowIncomplete)),
  );
  await print(WRITERS[options.format](checks));
  if (options.junit !== null) await saveFile(options.junit, toJUnit(checks));
  return exitCodeOf(checks);
}

const WRITERS = { text: toCheckText, junit: toJUnit, github: toAnnotations };
const LISTS = { text: toQuantityTable, csv: toQuantityCsv, json: toQuantityJson };

/** An exceeded threshold is the worst that can be found, whatever else could not be tested. */
function exitCodeOf(checks: readonly Check[]): number {
  if (checks.some(({ verdict }) => verdict === "exceeded")) return ExitCode.Exceeded;
  return checks.every(({ verdict }) => verdict === "kept") ? ExitCode.Success : ExitCode.Failure;
}

/** @throws Failure where there are no results, or no study */
async function resultAt(file: string): Promise<CheckedResult> {
  if (!STUDY_FILE.test(file)) {
    const result = await orFault(file, readResult(file));
    if (result === null) throw new Failure(`${file}: there is no such file.`);
    return { name: result.study, result, missing: [] };
  }
  const study = await orFault(file, readFile(file, "utf8").then(parseStudy));
  const resultFile = resultFileOf(file);
  const result = await orFault(resultFile, readResult(resultFile));
  if (result === null) {
    throw new Failure(`${file} was not measured yet: "twinlens study ${file}" does it.`);
  }
  return { name: result.study, ...askedFor(study, result) };
}

/** Results go by their study's name where it tells them apart, else by their file's. */
function withNames(
  results: readonly CheckedResult[],
  files: readonly string[],
): readonly CheckedResult[] {
  const isClear = new Set(results.map(({ name }) => name)).size === results.length;
  return isClear ? results : results.map((result, i) => ({ ...result, name: files[i]! }));
}
