import { describe, expect, it } from "vitest";
import { onlyFailure, readReport, resultOf, withSecondRun } from "../../scripts/testReport.mjs";

type Status = "passed" | "failed" | "skipped";
type Files = Readonly<Record<string, Readonly<Record<string, Status>> | "not set up">>;

/** A report with the fields that vitest 4 writes; a file whose set-up failed has its tests as skipped, or none. */
function report(files: Files) {
  const testResults = Object.entries(files).map(([name, tests]) => {
    const outcomes: [string, Status][] =
      tests === "not set up" ? [["never runs", "skipped"]] : Object.entries(tests);
    const assertionResults = outcomes.map(([fullName, status]) => ({ fullName, status }));
    const isFailed = tests === "not set up" || Object.values(tests).includes("failed");
    return { name, status: isFailed ? "failed" : "passed", assertionResults };
  });
  const count = (status: Status) =>
    testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === status)
      .length;
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("skipped"),
    numTodoTests: 0,
    testResults,
  };
}

const good: Files[string] = { "is well": "passed", "is left out": "skipped" };
const oneFails: Files = { "a.test.ts": { ...good, "group fails": "failed" }, "b.test.ts": good };
const TEST = { file: "a.test.ts", name: "group fails" };

describe("a step", () => {
  it("counts tests, and files that could not be set up", () => {
    expect(resultOf(report({ a: good }), 0)).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
    const files: Files = { ...oneFails, c: "not set up" };
    expect(resultOf(report(files), 1)).toMatchObject({ passed: 2, failed: 2, skipped: 3 });
  });

  it("has failed where vitest says so, report or not", () => {
    expect(resultOf(report({ a: good }), 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(resultOf(readReport("no/such/file"), 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(resultOf(null, null)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe("a second run", () => {
  it("is for the only test that failed", () => {
    expect(onlyFailure(report(oneFails))).toEqual(TEST);
    expect(onlyFailure(report({ a: good }))).toBeNull();
    expect(onlyFailure(report({ ...oneFails, c: { x: "failed" } }))).toBeNull();
    expect(onlyFailure(report({ a: { x: "failed", y: "failed" } }))).toBeNull();
    expect(onlyFailure(report({ ...oneFails, c: "not set up" }))).toBeNull();
    expect(onlyFailure(report({ c: "not set up" }))).toBeNull();
    expect(onlyFailure(null)).toBeNull();
  });

  const first = resultOf(report(oneFails), 1);
  const again = (tests: Files[string], status = 0) =>
    withSecondRun(first, TEST, report({ "a.test.ts": tests }), status);

  it("makes a test that passes there a passed one, which is named", () => {
    expect(again({ ...good, "group fails": "passed" })).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
      flaky: ["group fails"],
    });
  });

  it("changes nothing where it, or another, does not pass", () => {
    expect(again({ ...good, "group fails": "failed" }, 1)).toEqual(first);
    expect(again({ other: "failed", "group fails": "passed" }, 1)).toEqual(first);
    expect(again({ ...good, "group fails": "skipped" })).toEqual(first);
    expect(again("not set up", 1)).toEqual(first);
    expect(withSecondRun(first, TEST, null, 1)).toEqual(first);
    expect(first).toMatchObject({ failed: 1, flaky: [] });
  });
});
