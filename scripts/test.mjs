// All tests, in order: `npm test [-- --setup] [-- STEP…]`. Every step runs, whether or not those before it passed, unless it
// needs what another one makes. One end-to-end test that fails is run once more: passing then, it is named as flaky. The
// last line is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { slowness } from "./machineSpeed.mjs";
import { installSystemPackages, missingSystemCommand } from "./setup.mjs";
import { onlyFailure, readReport, resultOf, withSecondRun } from "./testReport.mjs";

/**
 * A step is a program that passes or fails as one, or a project of vitest, whose tests are counted.
 * `built`: needs what the step `build` makes. `browser`: needs the system's Chromium. `repeats`: one test that fails is
 * given a second run.
 */
const steps = {
  typecheck: { script: "typecheck" },
  lint: { script: "lint" },
  format: { script: "format:check" },
  build: { script: "build" },
  unit: { project: "unit", built: true },
  engine: { project: "engine", built: true },
  webview: { project: "webview", built: true, browser: true },
  package: { script: "package", built: true },
  e2e: { project: "e2e", built: true, browser: true, repeats: true },
};

const options = process.argv.slice(2);
const setup = options.includes("--setup");
const chosen = options.filter((option) => option !== "--setup");
const unknown = chosen.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(", ")}. Steps: ${Object.keys(steps).join(", ")}.`);
  process.exit(2);
}

if (setup) installSystemPackages();
const missing = missingSystemCommand();
if (slowness() > 1)
  console.log(`This machine is slow at the moment: time-outs are ${slowness()} times as long.`);
const results = [];
for (const [name, step] of Object.entries(steps)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n=== ${name}`);
  const start = performance.now();
  const result = run(name, step);
  results.push({ name, ...result, seconds: (performance.now() - start) / 1000 });
}

console.log("");
for (const { name, passed, failed, note, seconds } of results) {
  const counts = `${passed} passed, ${failed} failed`;
  console.log(`${name.padEnd(10)} ${counts.padEnd(24)} ${seconds.toFixed(0)} s ${note}`.trimEnd());
}
for (const name of results.flatMap(({ flaky = [] }) => flaky)) console.log(`flaky: ${name}`);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || results.length === 0 ? 1 : 0;

/** @returns {{ passed: number, failed: number, note: string, flaky?: string[] }} */
function run(name, step) {
  if (step.browser && missing !== null) {
    const note = `Chromium is missing. Run: ${missing}`;
    console.log(note);
    return { passed: 0, failed: 1, note };
  }
  if (step.built && results.some((result) => result.name === "build" && result.failed > 0)) {
    console.log("Not run: the build failed.");
    return { passed: 0, failed: 1, note: "not run: the build failed" };
  }
  if (step.project) return runTests(step);
  const { status } = spawnSync("npm", ["run", "--silent", step.script], { stdio: "inherit" });
  if (status !== 0) console.log(`${name} failed.`);
  return status === 0 ? { passed: 1, failed: 0, note: "" } : { passed: 0, failed: 1, note: "" };
}

function runTests({ project, repeats }) {
  const { report, status } = runVitest(project, project);
  let result = resultOf(report, status);
  const test = repeats ? onlyFailure(report) : null;
  if (test !== null) {
    console.log(`\nOnce more, because one test failed: ${test.name}`);
    const again = runVitest(project, `${project}-again`, test.file);
    result = withSecondRun(result, test, again.report, again.status);
  }
  const note = result.skipped > 0 ? `(${result.skipped} skipped)` : "";
  return { ...result, note };
}

/** Runs a project, or one file of it, and reads what is reported under `name`. */
function runVitest(project, name, ...files) {
  const path = `test-results/${name}.json`;
  mkdirSync("test-results", { recursive: true });
  rmSync(path, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
  const args = ["vitest", "run", "--project", project, ...reporters, ...files];
  const { status } = spawnSync("npx", args, {
    stdio: "inherit",
    // The step `build` has just done what tests that are run by themselves do first.
    env: { ...process.env, TWINLENS_BUILT: "1" },
  });
  return { report: readReport(path), status };
}
