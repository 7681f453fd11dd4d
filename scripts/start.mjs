// Shows Twinlens on the sample folder: `npm start [-- --no-editor]`. Builds, prints the sample's scores in the terminal, then
// opens an editor: desktop VS Code where `code` is on the PATH, otherwise VS Code in the browser, served by this machine.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { installEditorHost } from "./editorHost.mjs";
import { startEditorServer } from "./editorServer.mjs";

process.chdir(join(import.meta.dirname, ".."));
const sample = resolve("sample");
const documents = readdirSync(sample)
  .filter((name) => name.endsWith(".md"))
  .sort()
  .map((name) => join("sample", name));

/** Turns off what an editor for one purpose does not need. */
const quietSettings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "git.openRepositoryInParentFolders": "never",
  "telemetry.telemetryLevel": "off",
};

/** The extension opens its sample, highlighted, and a recorded run beside it. */
const showSample = { TWINLENS_TOUR: "1" };

runNode("esbuild.mjs");
const pair = embeddedPair() ?? writtenPair();
const score = ["dist/twinlens.mjs", "score", "--base", pair.base, "--rlhf", pair.rlhf];
runNode(...score, ...documents, "--format", "text");
runNode(...score, ...documents, "--format", "table");
if (process.stdout.isTTY && !process.argv.includes("--no-editor")) {
  if (isOnPath("code")) openDesktop();
  else await serveEditor().catch(reportError);
}

function embeddedPair() {
  const [base, rlhf] = [resolve("models/twin-base.gguf"), resolve("models/twin-rlhf.gguf")];
  return existsSync(base) && existsSync(rlhf) ? { base, rlhf, settings: {} } : null;
}

/** Random weights, in place of trained models that are not there. */
function writtenPair() {
  const folder = resolve(".cache/written-pair");
  console.log(
    "models/ holds no trained pair: these numbers come from a written pair with random weights.",
  );
  runNode("scripts/writtenPair.mjs", folder);
  const [base, rlhf] = [join(folder, "twin-base.gguf"), join(folder, "twin-rlhf.gguf")];
  const settings = {
    "twinlens.pairs": [{ name: "written", base, rlhf }],
    "twinlens.pair": "written",
  };
  return { base, rlhf, settings };
}

/** A profile of its own, so that the user's stays as it is. The window stays open when this script ends. */
function openDesktop() {
  const profile = resolve(".cache/desktop");
  mkdirSync(join(profile, "User"), { recursive: true });
  writeFileSync(join(profile, "User/settings.json"), JSON.stringify(pair.settings));
  const development = `--extensionDevelopmentPath=${resolve(".")}`;
  const args = ["--user-data-dir", profile, development, sample];
  const options = { stdio: "inherit", shell: process.platform === "win32" };
  spawnSync("code", args, { ...options, env: { ...process.env, ...showSample } });
}

/** Serves the editor until Ctrl-C. Its profile stays in the checkout, and with it settings and runs. */
async function serveEditor() {
  const host = await installEditorHost("current", console.log);
  const home = resolve(".cache/editor");
  // Linked again, as the checkout is now.
  rmSync(join(home, "extensions"), { recursive: true, force: true });
  const server = await startEditorServer({
    host,
    home,
    extension: resolve("."),
    settings: { ...quietSettings, ...savedSettings(home) },
    machineSettings: pair.settings,
    env: showSample,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.once(signal, () => void server.stop());
  const url = server.windowUrl(sample);
  console.log(
    `\nOpen this address in a browser on this machine; Ctrl-C ends the editor.\n\n  ${url}\n`,
  );
  await server.ended;
}

/** What the user has set in an earlier session. */
function savedSettings(home) {
  try {
    return JSON.parse(readFileSync(join(home, "user/User/settings.json"), "utf8"));
  } catch {
    return {};
  }
}

function reportError(error) {
  console.error(error.message);
  process.exitCode = 1;
}

function isOnPath(program) {
  const names = process.platform === "win32" ? [`${program}.cmd`] : [program];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

/** Runs a script of the project in this Node; a failure ends everything. */
function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
