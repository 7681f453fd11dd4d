// All tests, in order: `npm test [-- --setup] [-- STEP…]`. Every step runs, whatever became of those before it, unless it
// needs what another one makes. The last line is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { installSystemPackages, missingSystemCommand } from "./setup.mjs";

/**
 * A step is a program that passes or fails as one, or a project of vitest, whose tests are counted.
 * `built`: needs what the step `build` makes. `browser`: needs the system's Chromium.
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
  e2e: { project: "e2e", built: true, browser: true },
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
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || results.length === 0 ? 1 : 0;

/** @returns {{ passed: number, failed: number, note: string }} */
function run(name, step) {
  if (step.browser && missing !== null) {
    const note = `Chromium is missing. Run: ${missing}`;
    console.log(note);
    return { passed: 0, failed: 1, note };
  }
  if (step.built && results.some((result) => result.name === "build" && result.failed > 0)) {
    console.log("Not run, for the build failed.");
    return { passed: 0, failed: 1, note: "not run: the build failed" };
  }
  if (step.project) return runTests(step.project);
  const { status } = spawnSync("npm", ["run", "--silent", step.script], { stdio: "inherit" });
  if (status !== 0) console.log(`${name} failed.`);
  return status === 0 ? { passed: 1, failed: 0, note: "" } : { passed: 0, failed: 1, note: "" };
}

function runTests(project) {
  const file = `test-results/${project}.json`;
  mkdirSync("test-results", { recursive: true });
  rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { status } = spawnSync("npx", ["vitest", "run", "--project", project, ...reporters], {
    stdio: "inherit",
    // The step `build` has just done what tests that are run by themselves do first.
    env: { ...process.env, TWINLENS_BUILT: "1" },
  });
  const counts = countTests(file);
  // A file that can't be loaded holds no test that could fail.
  const failed = status !== 0 ? Math.max(counts.failed, 1) : counts.failed;
  const note = counts.skipped > 0 ? `(${counts.skipped} skipped)` : "";
  return { passed: counts.passed, failed, note };
}

function countTests(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    // vitest ended before it could write its report; its exit status says so.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
