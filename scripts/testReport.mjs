// What vitest's JSON reports say about a step: counts, and whether one test that failed is worth a second run.
import { readFileSync } from "node:fs";

/**
 * @typedef {{ status: string, fullName: string }} TestOutcome
 * @typedef {{ name: string, status: string, assertionResults: TestOutcome[] }} FileOutcome
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: FileOutcome[] }} Report
 * @typedef {{ passed: number, failed: number, skipped: number, flaky: string[] }} StepResult
 */

/** @returns {Report | null} null: vitest ended before it could write its report, as its exit status says */
export function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/**
 * @param {Report | null} report
 * @param {number | null} status vitest's exit status
 * @returns {StepResult}
 */
export function resultOf(report, status) {
  // A file that can't be loaded or set up holds no test that failed.
  const files = failedFiles(report).filter(
    ({ assertionResults }) => !assertionResults.some(hasFailed),
  );
  const failed = (report?.numFailedTests ?? 0) + files.length;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: status !== 0 ? Math.max(failed, 1) : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    flaky: [],
  };
}

/** @param {Report | null} report */
function failedFiles(report) {
  return (report?.testResults ?? []).filter(hasFailed);
}

/** @param {{ status: string }} outcome */
function hasFailed({ status }) {
  return status === "failed";
}

/**
 * The one test that failed, if nothing else did.
 * @param {Report | null} report
 * @returns {{ file: string, name: string } | null}
 */
export function onlyFailure(report) {
  if (resultOf(report, 0).failed !== 1) return null;
  const [{ name: file, assertionResults }] = failedFiles(report);
  const test = assertionResults.find(hasFailed);
  return test ? { file, name: test.fullName } : null;
}

/**
 * Both runs together. The second is of the failed test's whole file, because its tests share a window and build on each
 * other; the test counts as passed, and is called flaky, if it and all beside it pass there.
 * @param {StepResult} first
 * @param {{ file: string, name: string }} test
 * @param {Report | null} again
 * @param {number | null} status vitest's exit status of the second run
 * @returns {StepResult}
 */
export function withSecondRun(first, test, again, status) {
  const passes = (again?.testResults ?? []).some(({ assertionResults }) =>
    assertionResults.some(({ fullName, status }) => fullName === test.name && status === "passed"),
  );
  if (!passes || status !== 0) return first;
  return {
    ...first,
    passed: first.passed + 1,
    failed: first.failed - 1,
    flaky: [...first.flaky, test.name],
  };
}
